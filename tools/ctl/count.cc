// `count`: counts the connections, in total or by a field.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "tools/ctl/define.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"
#include "tools/ctl/table.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  std::string filter;
  std::string by;
  int64_t limit = 0;
};

// Returns the group_by of the request: a field name as it is, any other name as a label.
std::string GroupBy(const std::string& by) {
  constexpr std::array<std::string_view, 6> kFields{"path",        "principal",  "node_id",
                                                    "subprotocol", "user_agent", "origin"};
  if (by == "node") return "node_id";
  const bool known =
      by.empty() || by.starts_with("labels.") || std::ranges::find(kFields, by) != kFields.end();
  return known ? by : "labels." + by;
}

std::string Draw(const Flags& flags, const v1::CountConnectionsResponse& response) {
  Table table(
      {{.title = absl::AsciiStrToUpper(flags.by), .shrinks = true}, {.title = "CONNECTIONS", .right = true}},
      LookOf(STDOUT_FILENO));
  for (const v1::ConnectionGroup& group : response.groups())
    table.Add({{group.value()}, {std::to_string(group.count())}});
  // The parentheses distinguish these rows from values.
  if (response.other_count() > 0)
    table.Add({{"(others)", Style::kDim}, {std::to_string(response.other_count())}});
  if (response.unset_count() > 0)
    table.Add({{"(none)", Style::kDim}, {std::to_string(response.unset_count())}});
  table.Add({{"(total)", Style::kBold}, {std::to_string(response.total_count())}});
  return table.Take();
}

ExitCode CountThem(const Flags& flags, Session& session) {
  v1::CountConnectionsRequest request;
  v1::CountConnectionsResponse response;
  request.set_filter(flags.filter);
  request.set_group_by(GroupBy(flags.by));
  request.set_max_groups(static_cast<int32_t>(flags.limit));
  const grpc::Status status =
      Call(session.client, &v1::ConnectionService::Stub::CountConnections, request, &response);
  if (!status.ok()) return Report(status);
  if (session.json) {
    Print(ToJsonLine(response));
  } else {
    Print(flags.by.empty() ? fmt::format("{}\n", response.total_count()) : Draw(flags, response));
    if (response.values_truncated())
      Complain("too many values to count each separately: the rest are counted under (others)");
  }
  return ReportUnreachable(response.unreachable());
}

}  // namespace

void DefineCount(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* count =
      Subcommand(app, "count", "Count the connections, in total or by path, node, principal or label",
                 "  drawbridgectl count\n"
                 "  drawbridgectl count --filter 'create_time < -12h'\n"
                 "  drawbridgectl count --by path\n"
                 "  drawbridgectl count --by tenant --limit 10\n",
                 flags, CountThem, chosen);
  FilterFlag(*count, &flags->filter, "Only connections that match (docs/filter.md) [all]");
  TextFlag(*count, "by", &flags->by,
           "A count for each value of path, node, principal, subprotocol, user_agent, origin, or of a label "
           "(labels.KEY where a label has one of these names)")
      ->type_name("FIELD");
  NumberFlag(*count, "limit", &flags->limit, "Maximum number of values, most frequent first [100]", 1, 1000)
      ->needs("--by");
}

}  // namespace drawbridge::ctl
