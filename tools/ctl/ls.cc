// Who is connected.
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/table.h"
#include "tools/ctl/walk.h"

namespace drawbridge::ctl {
namespace {

Table NewTable(bool show_closed) {
  std::vector<Column> columns{{"ID"},
                              {"STATE"},
                              {"AGE", true},
                              {"IDLE", true},
                              {"ADDRESS"},
                              {"PATH", false, true},
                              {"PRINCIPAL", false, true},
                              {"LABELS", false, true},
                              {"IN", true},
                              {"OUT", true},
                              {"QUEUE", true},
                              {"RTT", true}};
  if (show_closed) columns.push_back({"CLOSE", false, true});
  columns.push_back({"USER AGENT", false, true});
  return {columns, LookOf(STDOUT_FILENO)};
}

std::vector<Cell> Row(const v1::Connection& connection, bool show_closed, absl::Time now) {
  std::vector<Cell> cells{{connection.connection_id()},
                          StateCell(connection),
                          {AgeText(connection, now)},
                          {IdleText(connection, now)},
                          {connection.remote_address()},
                          {PathText(connection)},
                          {connection.principal()},
                          {LabelsText(connection)},
                          {HumanBytes(static_cast<double>(connection.received_bytes()))},
                          {HumanBytes(static_cast<double>(connection.sent_bytes()))},
                          {HumanBytes(static_cast<double>(connection.send_queue_bytes()))},
                          {RoundTripText(connection)}};
  if (show_closed) cells.push_back({CloseText(connection)});
  cells.push_back({connection.user_agent()});
  return cells;
}

ExitCode List(const WalkOptions& flags, Session& session) {
  Table table = NewTable(flags.show_closed);
  ExitCode unreachable = ExitCode::kOk;
  const grpc::Status status = Walk(session.client, flags, [&](const v1::ListConnectionsResponse& page) {
    for (const v1::Connection& connection : page.connections()) {
      if (session.json) {
        Print(ToJsonLine(connection));
      } else {
        table.Add(Row(connection, flags.show_closed, absl::Now()));
      }
    }
    // A page without rows may only be a step of the walk.
    if (!session.json && (page.connections_size() > 0 || page.next_page_token().empty())) Print(table.Take());
    unreachable = std::max(unreachable, ReportUnreachable(page.unreachable()));
  });
  return std::max(Report(status), unreachable);
}

}  // namespace

void DefineLs(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<WalkOptions>();
  CLI::App* ls = Subcommand(app, "ls", "List the connections, oldest first",
                            "  drawbridgectl ls\n"
                            "  drawbridgectl ls --filter 'path = \"/chat*\" AND last_message_time < -30s'\n"
                            "  drawbridgectl ls --show_closed --filter 'state = CLOSED' --limit 20\n"
                            "  drawbridgectl ls -o json | jq -r .connection_id\n",
                            flags, List, chosen);
  FilterFlag(*ls, &flags->filter, "Only these (docs/filter.md); by default all");
  ls->add_flag("--show_closed", flags->show_closed, "Also those that ended in the last minutes");
  NumberFlag(*ls, "limit", &flags->limit, "At most so many", 1, INT64_MAX);
}

}  // namespace drawbridge::ctl
