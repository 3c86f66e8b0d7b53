// The columns of a list of connections, under the names that --columns and --sort accept.
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

// A number or a text. Nullopt if the connection has no value; such connections sort last in either order.
using SortKey = std::optional<std::variant<double, std::string>>;

struct ConnectionColumn {
  std::string_view name;
  Column column;
  Cell (*cell)(const control::v1::Connection& connection, absl::Time now);
  SortKey (*key)(const control::v1::Connection& connection, absl::Time now);
};

const std::vector<ConnectionColumn>& AllColumns();
// Returns null if no column has that name.
const ConnectionColumn* FindColumn(std::string_view name);
// "id, state, ...".
std::string ColumnNames();

// The columns that `ls` shows by default. On a narrow terminal the Table drops some of them.
std::vector<ConnectionColumn> DefaultColumns(bool show_closed);
// Parses a list such as "id,path,age". The Table never drops these columns. Returns nullopt if a name is
// unknown or the list is empty.
std::optional<std::vector<ConnectionColumn>> ParseColumns(std::string_view list);

// Whether `a` sorts before `b`. False if their keys are equal.
bool Before(const ConnectionColumn& column, bool descending, absl::Time now, const control::v1::Connection& a,
            const control::v1::Connection& b);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_COLUMNS_H_
