// `send`: sends one message to one client.
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
  std::string id;
  PayloadFlags payload;
  bool wait_written = false;
};

ExitCode Send(const Flags& flags, Session& session) {
  const auto message = ReadPayload(flags.payload);
  if (!message.has_value()) return ExitCode::kUsage;
  v1::SendMessageRequest request;
  v1::SendMessageResponse response;
  request.set_connection_id(flags.id);
  *request.mutable_message() = *message;
  request.set_wait_written(flags.wait_written);
  const grpc::Status status =
      Call(session.client, &v1::ConnectionService::Stub::SendMessage, request, &response);
  if (!status.ok()) return Report(status);
  Print(session.json
            ? ToJsonLine(response)
            : fmt::format("{}; {} with {} wait for this client\n", flags.wait_written ? "Written" : "Queued",
                          Count(static_cast<int64_t>(response.send_queue_messages()), "message"),
                          Count(static_cast<int64_t>(response.send_queue_bytes()), "byte")));
  return ExitCode::kOk;
}

}  // namespace

void DefineSend(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* send =
      Subcommand(app, "send", "Send a message to a client",
                 "  drawbridgectl send 16zr-lix5wdo0-0k3v9c2m7x1qd 'hello'\n"
                 "  drawbridgectl send 16zr-lix5wdo0-0k3v9c2m7x1qd --binary --wait_written < picture.png\n",
                 flags, Send, chosen);
  send->add_option("ID", flags->id, "Connection id")->required()->type_name("");
  DefinePayload(*send, &flags->payload);
  send->add_flag("--wait_written", flags->wait_written, "Wait until the whole message is in the kernel");
}

}  // namespace drawbridge::ctl
