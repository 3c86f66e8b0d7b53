// `broadcast`: sends one message to every client that matches a filter.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/payload.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  std::string filter;
  PayloadFlags payload;
};

ExitCode Broadcast(const Flags& flags, Session& session) {
  const auto message = ReadPayload(flags.payload);
  if (!message.has_value()) return ExitCode::kUsage;
  v1::BroadcastMessageRequest request;
  v1::BroadcastMessageResponse response;
  request.set_filter(flags.filter);
  *request.mutable_message() = *message;
  const grpc::Status status =
      Call(session.client, &v1::ConnectionService::Stub::BroadcastMessage, request, &response);
  if (!status.ok()) return Report(status);
  if (session.json) {
    Print(ToJsonLine(response));
  } else {
    const std::string dropped =
        response.dropped_count() == 0
            ? ""
            : fmt::format("; {} dropped: their send queues are full", response.dropped_count());
    const std::string node_full =
        response.node_full_count() == 0
            ? ""
            : fmt::format("; {} dropped: the node's send queues are full", response.node_full_count());
    Print(fmt::format("Queued for {} of {}{}{}\n", response.queued_count(),
                      Count(response.matched_count(), "connection"), dropped, node_full));
  }
  return ReportUnreachable(response.unreachable());
}

}  // namespace

void DefineBroadcast(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* broadcast =
      Subcommand(app, "broadcast", "Send a message to every client that matches a filter",
                 "  drawbridgectl broadcast --filter 'path = \"/chat*\"' 'back in five minutes'\n"
                 "  drawbridgectl broadcast --filter '*' < news.json\n",
                 flags, Broadcast, chosen);
  FilterFlag(*broadcast, &flags->filter, "Clients to send to (docs/filter.md); * matches all")->required();
  DefinePayload(*broadcast, &flags->payload);
}

}  // namespace drawbridge::ctl
