// `resume`: returns a node to service.
#include <memory>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/describe_node.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  std::string node;
};

ExitCode Resume(const Flags& flags, Session& session) {
  v1::ResumeNodeRequest request;
  v1::ResumeNodeResponse response;
  request.set_node_id(flags.node);
  const grpc::Status status = Call(session.client, &v1::NodeService::Stub::ResumeNode, request, &response);
  if (!status.ok()) return Report(status);
  if (session.json) {
    Print(ToJsonLine(response.node()));
    return ExitCode::kOk;
  }
  Print(Printable(response.node().node_id() + " " + NodeStateCell(response.node()).text) +
        ": it accepts clients again\n");
  return ExitCode::kOk;
}

}  // namespace

void DefineResume(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* resume = Subcommand(app, "resume", "Return a draining or drained node to service",
                                "  drawbridgectl resume\n"
                                "  drawbridgectl --address 10.0.0.7 resume gateway-2\n"
                                "Connections whose close began during the drain are still closed.\n",
                                flags, Resume, chosen);
  resume->add_option("NODE", flags->node, "Node id [the node at --address]")->type_name("");
}

}  // namespace drawbridge::ctl
