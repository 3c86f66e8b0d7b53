#include "tools/ctl/interrupt.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "tools/ctl/define.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/human.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

// For a client that answered with another close code, or with a frame that violates the protocol.
std::string RefusalText(const v1::Close& close) {
  if (close.received_code() == 0) return "the client violated the protocol";
  return fmt::format("the client answered {}", close.received_code());
}

// For an unknown id with --allow_missing, the response contains only the outcome.
std::string Describe(const std::string& id, const v1::InterruptConnectionResponse& response) {
  std::string text = fmt::format("{} {}", id, OutcomeText(response.outcome()));
  if (!response.has_connection()) text += ": no such connection is known";
  if (const std::string close = CloseText(response.connection()); !close.empty()) text += ": " + close;
  if (response.has_elapsed()) text += ", in " + HumanLatency(FromProto(response.elapsed()));
  if (response.outcome() == v1::INTERRUPT_OUTCOME_CLOSED_REJECTED)
    text += "; " + RefusalText(response.connection().close());
  if (response.joined()) text += "; the connection was already closing";
  if (response.dropped_messages() > 0)
    text += "; dropped " + Count(static_cast<int64_t>(response.dropped_messages()), "message");
  if (!response.ban_id().empty()) text += "; refused by the ban " + response.ban_id();
  return Printable(text) + "\n";
}

ExitCode InterruptOne(const InterruptFlags& flags, Session& session) {
  v1::InterruptConnectionRequest request;
  request.set_connection_id(flags.id);
  request.set_code(static_cast<uint32_t>(flags.code));
  request.set_reason(flags.reason);
  *request.mutable_grace() = ToProto(flags.grace);
  request.set_drop_pending(flags.drop_pending);
  request.set_abort(flags.abort);
  request.set_no_wait(flags.no_wait);
  request.set_allow_missing(flags.allow_missing);
  if (flags.refuse_for > absl::ZeroDuration()) *request.mutable_refuse_for() = ToProto(flags.refuse_for);
  v1::InterruptConnectionResponse response;
  const grpc::Status status = Call(session.client, &v1::ConnectionService::Stub::InterruptConnection, request,
                                   &response, flags.grace);
  if (!status.ok()) return Report(status);
  Print(session.json ? ToJsonLine(response) : Describe(flags.id, response));
  return ExitCode::kOk;
}

ExitCode Interrupt(const InterruptFlags& flags, Session& session) {
  return flags.id.empty() ? InterruptMany(flags, session) : InterruptOne(flags, session);
}

void DefineClosing(CLI::App& app, InterruptFlags* flags) {
  NumberFlag(app, "code", &flags->code, "Close code: 1000, 1001, 1008, 1011 to 1013, 3000 to 4999 [1008]",
             1000, 4999);
  TextFlag(app, "reason", &flags->reason, "Close reason, at most 123 bytes [interrupted]");
  DurationFlag(app, "grace", &flags->grace, "How long to wait for the client's close frame [5s]",
               absl::ZeroDuration(), absl::Seconds(60));
  app.add_flag("--drop_pending", flags->drop_pending, "Drop queued messages before the close frame");
  app.add_flag("--abort", flags->abort, "Reset the TCP connection, without a close frame");
  DurationFlag(app, "refuse_for", &flags->refuse_for,
               "Refuse the client for so long when it comes back: its principal, else its address",
               absl::Nanoseconds(1), absl::Hours(90 * 24));
}

void DefineMany(CLI::App& app, CLI::Option* filter, InterruptFlags* flags) {
  const auto for_many = [filter](CLI::Option* option) { option->needs(filter); };
  for_many(app.add_flag("--yes", flags->yes, "Do not ask for confirmation"));
  for_many(app.add_flag("--dry_run", flags->dry_run, "Count the matches and list some; close nothing"));
  for_many(NumberFlag(app, "max_count", &flags->max_count, "Close nothing if more match", 1, INT64_MAX));
  for_many(NumberFlag(app, "limit", &flags->limit, "Maximum number of connections to close", 1, INT64_MAX));
  for_many(NumberFlag(app, "rate", &flags->rate, "Closes per second; -1: unlimited [500]", -1, INT32_MAX));
}

}  // namespace

void DefineInterrupt(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<InterruptFlags>();
  CLI::App* interrupt = Subcommand(
      app, "interrupt", "End a connection, or all that match a filter, and say how they ended",
      "  drawbridgectl interrupt 16zr-lix5wdo0-0k3v9c2m7x1qd --code 4001 --reason 'token revoked'\n"
      "  drawbridgectl interrupt 16zr-lix5wdo0-0k3v9c2m7x1qd --refuse_for 10m\n"
      "  drawbridgectl interrupt --filter 'labels.user = \"alice\"'\n"
      "  drawbridgectl interrupt --filter 'create_time < -12h' --dry_run\n"
      "  drawbridgectl interrupt --filter '*' --rate 100 --yes --max_count 5000\n"
      "With --filter it first counts the matches, lists some and asks for confirmation. Clients that\n"
      "reconnect are not closed again. Without a terminal it closes nothing, unless --yes is given.\n",
      flags, Interrupt, chosen);
  CLI::Option* id = interrupt->add_option("ID", flags->id, "Connection id")->type_name("");
  CLI::Option* filter =
      FilterFlag(*interrupt, &flags->filter, "All connections that match (docs/filter.md); * matches all");
  DefineClosing(*interrupt, flags.get());
  interrupt->add_flag("--no_wait", flags->no_wait, "Do not wait for the connection to end")->excludes(filter);
  interrupt->add_flag("--allow_missing", flags->allow_missing, "Succeed if the id is unknown")
      ->excludes(filter);
  DefineMany(*interrupt, filter, flags.get());
  interrupt->parse_complete_callback([flags, id, filter] {
    if ((id->count() == 0) == (filter->count() == 0) || (flags->id.empty() && flags->filter.empty()))
      throw CLI::ValidationError("interrupt takes an ID or a --filter, and not both");
  });
}

}  // namespace drawbridge::ctl
