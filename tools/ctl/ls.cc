// `ls`: lists the connections.
#include <unistd.h>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tools/ctl/columns.h"
#include "tools/ctl/define.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"
#include "tools/ctl/table.h"
#include "tools/ctl/walk.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  WalkOptions walk;
  std::optional<std::vector<ConnectionColumn>> columns;  // from --columns
  const ConnectionColumn* sort = nullptr;                // null: oldest first, the order of the gateway
  bool descending = false;
};

Table NewTable(const std::vector<ConnectionColumn>& columns) {
  std::vector<Column> titles;
  titles.reserve(columns.size());
  for (const ConnectionColumn& column : columns) titles.push_back(column.column);
  return {titles, LookOf(STDOUT_FILENO)};
}

// Writes each page when it arrives, or all connections at the end if they must be sorted.
class Lister {
 public:
  Lister(const Flags& flags, bool json)
      : flags_(flags),
        json_(json),
        columns_(flags.columns.value_or(DefaultColumns(flags.walk.show_closed))),
        table_(NewTable(columns_)) {}

  void Take(const v1::ListConnectionsResponse& page) {
    for (const v1::Connection& connection : page.connections()) {
      if (flags_.sort == nullptr) {
        Write(connection);
      } else {
        kept_.push_back(connection);
      }
    }
    // An empty page may be followed by more pages.
    if (flags_.sort == nullptr && (page.connections_size() > 0 || page.next_page_token().empty())) Flush();
  }

  void End() {
    if (flags_.sort == nullptr) return;
    kept_.sort([this, now = absl::Now()](const v1::Connection& a, const v1::Connection& b) {
      return Before(*flags_.sort, flags_.descending, now, a, b);
    });
    const auto limit = static_cast<size_t>(flags_.walk.limit);
    if (limit > 0 && kept_.size() > limit) kept_.resize(limit);
    for (const v1::Connection& connection : kept_) Write(connection);
    Flush();
  }

 private:
  void Write(const v1::Connection& connection) {
    if (json_) {
      Print(ToJsonLine(connection));
      return;
    }
    std::vector<Cell> cells;
    cells.reserve(columns_.size());
    for (const ConnectionColumn& column : columns_) cells.push_back(column.cell(connection, absl::Now()));
    table_.Add(std::move(cells));
  }

  void Flush() {
    if (!json_) Print(table_.Take());
  }

  const Flags& flags_;
  const bool json_;
  const std::vector<ConnectionColumn> columns_;
  Table table_;
  std::list<v1::Connection> kept_;
};

ExitCode List(const Flags& flags, Session& session) {
  if (session.json && flags.columns.has_value()) {
    Complain("--columns applies only to tables: -o json prints every field");
    return ExitCode::kUsage;
  }
  WalkOptions walk = flags.walk;
  if (flags.sort != nullptr) walk.limit = 0;  // the limit applies after sorting
  Lister lister(flags, session.json);
  ExitCode unreachable = ExitCode::kOk;
  const grpc::Status status = Walk(session.client, walk, [&](const v1::ListConnectionsResponse& page) {
    lister.Take(page);
    unreachable = std::max(unreachable, ReportUnreachable(page.unreachable()));
  });
  if (status.ok()) lister.End();
  return std::max(Report(status), unreachable);
}

void DefineColumns(CLI::App& ls, Flags* flags) {
  const auto set_columns = [flags](const std::string& text) {
    flags->columns = ParseColumns(text);
    if (!flags->columns.has_value()) Refuse("columns", text, "a list such as id,path of " + ColumnNames());
  };
  ls.add_option_function<std::string>("--columns", set_columns, "Columns to show, in order: " + ColumnNames())
      ->type_name("NAME,...");
  const auto set_sort = [flags](const std::string& text) {
    flags->descending = text.starts_with('-');
    flags->sort = FindColumn(std::string_view(text).substr(flags->descending ? 1 : 0));
    if (flags->sort == nullptr)
      Refuse("sort", text, "one of " + ColumnNames() + ", with a - before it for descending order");
  };
  ls.add_option_function<std::string>("--sort", set_sort,
                                      "Sort by a column, -COLUMN in descending order [oldest first]")
      ->type_name("[-]COLUMN");
}

}  // namespace

void DefineLs(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* ls = Subcommand(app, "ls", "List the connections, oldest first",
                            "  drawbridgectl ls\n"
                            "  drawbridgectl ls --filter 'path = \"/chat*\" AND last_message_time < -30s'\n"
                            "  drawbridgectl ls --sort -queue --limit 10 --columns id,address,path,queue\n"
                            "  drawbridgectl ls --show_closed --filter 'state = CLOSED' --limit 20\n"
                            "  drawbridgectl ls -o json | jq -r .connection_id\n",
                            flags, List, chosen);
  FilterFlag(*ls, &flags->walk.filter, "Only connections that match (docs/filter.md) [all]");
  ls->add_flag("--show_closed", flags->walk.show_closed, "Include connections that ended recently");
  NumberFlag(*ls, "limit", &flags->walk.limit, "Maximum number of connections", 1, INT64_MAX);
  DefineColumns(*ls, flags.get());
}

}  // namespace drawbridge::ctl
