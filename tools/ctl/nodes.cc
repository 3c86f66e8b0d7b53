// `nodes`: lists the gateway nodes with their state.
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tools/ctl/define.h"
#include "tools/ctl/describe_node.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/table.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

struct Flags {};

ExitCode Nodes(const Flags& /*flags*/, Session& session) {
  v1::ListNodesResponse response;
  const grpc::Status status =
      Call(session.client, &v1::NodeService::Stub::ListNodes, v1::ListNodesRequest(), &response);
  if (!status.ok()) return Report(status);
  Table table({{"NODE"},
               {"STATE"},
               {.title = "CONNECTIONS", .right = true},
               {.title = "MAX", .right = true, .rank = 2},
               {.title = "UP", .right = true, .rank = 1},
               {.title = "VERSION", .rank = 3},
               {.title = "INCARNATION", .rank = 4}},
              LookOf(STDOUT_FILENO));
  for (const v1::Node& node : response.nodes()) {
    if (session.json) {
      Print(ToJsonLine(node));
      continue;
    }
    table.Add({{node.node_id()},
               NodeStateCell(node),
               {std::to_string(node.open_connections())},
               {node.max_connections() == 0 ? "" : std::to_string(node.max_connections())},
               {node.has_start_time() ? HumanAge(absl::Now() - FromProto(node.start_time())) : ""},
               {node.version()},
               {node.incarnation()}});
  }
  if (!session.json) Print(table.Take());
  return ExitCode::kOk;
}

}  // namespace

void DefineNodes(CLI::App& app, Action* chosen) {
  Subcommand(app, "nodes", "List the gateway nodes with their state and number of connections",
             "  drawbridgectl nodes\n"
             "  drawbridgectl nodes -o json | jq -r 'select(.state != \"NODE_STATE_SERVING\") | .node_id'\n",
             std::make_shared<Flags>(), Nodes, chosen);
}

}  // namespace drawbridge::ctl
