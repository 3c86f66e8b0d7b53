// The columns of a list of connections, by the names that --columns and --sort take.
#ifndef DRAWBRIDGE_TOOLS_CTL_COLUMNS_H_
#define DRAWBRIDGE_TOOLS_CTL_COLUMNS_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "drawbridge/control/v1/control.pb.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {

// A number or a text. Nothing where the connection has none; such connections are the last in either order.
using SortKey = std::optional<std::variant<double, std::string>>;

struct ConnectionColumn {
  std::string_view name;
  Column column;
  Cell (*cell)(const control::v1::Connection& connection, absl::Time now);
  SortKey (*key)(const control::v1::Connection& connection, absl::Time now);
};

const std::vector<ConnectionColumn>& AllColumns();
// Null where there is none of that name.
const ConnectionColumn* FindColumn(std::string_view name);
// "id, state, ...".
std::string ColumnNames();

// Those that `ls` shows unless told otherwise; on a narrow terminal the Table drops some.
std::vector<ConnectionColumn> DefaultColumns(bool show_closed);
// Those of a list "id,path,age"; none of them is ever dropped. Nothing where a name is not known or there is
// none.
std::optional<std::vector<ConnectionColumn>> ParseColumns(std::string_view list);

// Whether `a` comes before `b`. Not so, either way, where their keys are equal.
bool Before(const ConnectionColumn& column, bool descending, absl::Time now, const control::v1::Connection& a,
            const control::v1::Connection& b);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_COLUMNS_H_
