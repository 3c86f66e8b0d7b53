// Refuses clients for a while, and ends the connections that they have.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tools/ctl/define.h"
#include "tools/ctl/describe_ban.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/progress.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

// The gateway answers when the last connection has ended, which takes up to this grace.
constexpr absl::Duration kGrace = absl::Seconds(5);
constexpr absl::Duration kLongest = absl::Hours(90 * 24);

struct Flags {
  v1::CreateBanRequest request;
  absl::Duration time = absl::ZeroDuration();
  std::string until;
  int64_t code = 0;
  int64_t http_status = 0;
};

// The counts in the form of a bulk interrupt.
v1::InterruptConnectionsResponse CountsOf(const v1::CreateBanResponse& response) {
  v1::InterruptConnectionsResponse counts;
  counts.set_closed_clean_count(response.closed_clean_count());
  counts.set_closed_timeout_count(response.closed_timeout_count());
  counts.set_closed_aborted_count(response.closed_aborted_count());
  counts.set_closed_rejected_count(response.closed_rejected_count());
  counts.set_already_closed_count(response.already_closed_count());
  return counts;
}

std::string Describe(const v1::CreateBanResponse& response) {
  const v1::Ban& ban = response.ban();
  const auto counts = CountsOf(response);
  return Printable(fmt::format(
             "{} refuses {} until {}; interrupted {}", ban.ban_id(), SubjectText(ban),
             absl::FormatTime(absl::RFC3339_sec, FromProto(ban.expire_time()), absl::LocalTimeZone()),
             ProgressText(counts, GoneCount(counts)))) +
         "\n";
}

ExitCode CreateBan(const Flags& flags, Session& session) {
  v1::CreateBanRequest request = flags.request;
  request.mutable_ban()->set_code(static_cast<uint32_t>(flags.code));
  request.mutable_ban()->set_http_status(static_cast<uint32_t>(flags.http_status));
  if (flags.until.empty()) *request.mutable_ban()->mutable_ttl() = ToProto(flags.time);
  v1::CreateBanResponse response;
  const grpc::Status status =
      Call(session.client, &v1::BanService::Stub::CreateBan, request, &response, kGrace);
  if (!status.ok()) return Report(status);
  Print(session.json ? ToJsonLine(response) : Describe(response));
  return ExitCode::kOk;
}

void TakeSubject(const std::string& text, Flags* flags) {
  if (ParseSubject(text, flags->request.mutable_ban())) return;
  throw CLI::ValidationError(
      fmt::format("\"{}\": must be principal=NAME, address=ADDRESS or NETWORK, "
                  "label=KEY=VALUE or token_id=ID",
                  text));
}

void TakeUntil(const std::string& text, Flags* flags) {
  absl::Time time;
  if (std::string error; !absl::ParseTime(absl::RFC3339_full, text, &time, &error))
    Refuse("until", text, "a time such as 2026-11-25T08:30:00Z");
  *flags->request.mutable_ban()->mutable_expire_time() = ToProto(time);
  flags->until = text;
}

void DefineTimes(CLI::App& ban, Flags* flags) {
  CLI::Option* time = DurationFlag(ban, "for", &flags->time, "For how long, at most 2160h (90 days)",
                                   absl::Nanoseconds(1), kLongest);
  CLI::Option* until = ban.add_option_function<std::string>(
                              "--until", [flags](const std::string& text) { TakeUntil(text, flags); },
                              "Until when, in RFC 3339")
                           ->type_name("TIME")
                           ->excludes(time);
  ban.parse_complete_callback([time, until] {
    if (time->count() + until->count() == 0) throw CLI::ValidationError("ban takes --for or --until");
  });
}

}  // namespace

void DefineBan(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* ban =
      Subcommand(app, "ban", "Refuse clients for a while, and end the connections that they have",
                 "  drawbridgectl ban principal=alice --for 24h\n"
                 "  drawbridgectl ban address=203.0.113.0/24 --for 10m --reason 'too many errors'\n"
                 "  drawbridgectl ban label=tenant=acme --until 2026-11-25T08:30:00Z\n"
                 "  drawbridgectl ban token_id=4f1c --for 1h --id leaked-token\n"
                 "The command ends when all clients that match are disconnected. `bans` lists the\n"
                 "bans, `unban` deletes one.\n",
                 flags, CreateBan, chosen);
  ban->add_option_function<std::string>(
         "SUBJECT", [flags](const std::string& text) { TakeSubject(text, flags.get()); },
         "principal=NAME, address=ADDRESS or NETWORK, label=KEY=VALUE or token_id=ID")
      ->required()
      ->type_name("");
  DefineTimes(*ban, flags.get());
  TextFlag(*ban, "id", flags->request.mutable_ban_id(),
           "The id of the ban, 1 to 63 of [a-z0-9-]; repeating the command with it is safe [random]");
  NumberFlag(*ban, "code", &flags->code, "Close code: 1000, 1001, 1008, 1011 to 1013, 3000 to 4999 [1008]",
             1000, 4999);
  TextFlag(*ban, "reason", flags->request.mutable_ban()->mutable_reason(),
           "Close reason, at most 123 bytes [banned]");
  NumberFlag(*ban, "http_status", &flags->http_status, "Status of a refused handshake [403]", 400, 499);
}

}  // namespace drawbridge::ctl
