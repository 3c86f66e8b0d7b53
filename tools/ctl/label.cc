// `label`: changes labels and the expiry of a connection by read, modify and conditional write, which fails
// with ABORTED if another caller changed them in between.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/ctl/define.h"
#include "tools/ctl/describe.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/label_change.h"
#include "tools/ctl/output.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

constexpr int kTries = 8;

struct Flags {
  std::string id;
  std::vector<LabelChange> changes;
  std::optional<absl::Time> expiry;
};

v1::UpdateConnectionRequest RequestOf(const Flags& flags, const v1::Connection& before) {
  v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(flags.id);
  request.set_expected_revision(before.revision());
  if (!flags.changes.empty()) {
    request.mutable_update_mask()->add_paths("labels");
    *request.mutable_connection()->mutable_labels() = before.labels();
    for (const LabelChange& change : flags.changes)
      Apply(change, request.mutable_connection()->mutable_labels());
  }
  if (flags.expiry.has_value()) {
    request.mutable_update_mask()->add_paths("expire_time");
    // An unset expire_time removes the expiry.
    if (*flags.expiry != absl::InfiniteFuture())
      *request.mutable_connection()->mutable_expire_time() = ToProto(*flags.expiry);
  }
  return request;
}

grpc::Status ReadAndWrite(const Flags& flags, ControlClient& client, v1::UpdateConnectionResponse* response) {
  v1::GetConnectionRequest get;
  v1::GetConnectionResponse got;
  get.set_connection_id(flags.id);
  grpc::Status status = Call(client, &v1::ConnectionService::Stub::GetConnection, get, &got);
  if (!status.ok()) return status;
  return Call(client, &v1::ConnectionService::Stub::UpdateConnection, RequestOf(flags, got.connection()),
              response);
}

std::string Describe(const v1::Connection& connection) {
  const std::string labels = LabelsText(connection);
  std::string text =
      fmt::format("{} {}", connection.connection_id(), labels.empty() ? "has no labels" : labels);
  if (connection.has_expire_time())
    text += ", expires " +
            absl::FormatTime(absl::RFC3339_sec, FromProto(connection.expire_time()), absl::LocalTimeZone());
  return Printable(text) + "\n";
}

ExitCode Label(const Flags& flags, Session& session) {
  grpc::Status status;
  v1::UpdateConnectionResponse response;
  for (int i = 0; i < kTries; ++i) {
    status = ReadAndWrite(flags, session.client, &response);
    if (status.error_code() != grpc::StatusCode::ABORTED) break;  // on ABORTED: read again
  }
  if (!status.ok()) return Report(status);
  Print(session.json ? ToJsonLine(response.connection()) : Describe(response.connection()));
  return ExitCode::kOk;
}

void TakeChanges(const std::vector<std::string>& words, Flags* flags) {
  for (const std::string& word : words) {
    const auto change = ParseLabelChange(word);
    if (!change.has_value())
      throw CLI::ValidationError(
          fmt::format("\"{}\": a label is written KEY=VALUE, or KEY- to remove it", word));
    flags->changes.push_back(*change);
  }
}

void TakeExpiry(const std::string& text, Flags* flags) {
  absl::Time time;
  if (!ParseExpiry(text, absl::Now(), &time))
    Refuse("expire", text, "a duration from now such as 30m, a time such as 2026-11-25T08:30:00Z, or never");
  flags->expiry = time;
}

}  // namespace

void DefineLabel(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* label = Subcommand(app, "label", "Change labels and the expiry of a connection",
                               "  drawbridgectl label 16zr-lix5wdo0-0k3v9c2m7x1qd user=alice tier=gold\n"
                               "  drawbridgectl label 16zr-lix5wdo0-0k3v9c2m7x1qd tier-\n"
                               "  drawbridgectl label 16zr-lix5wdo0-0k3v9c2m7x1qd --expire 30m\n"
                               "  drawbridgectl label 16zr-lix5wdo0-0k3v9c2m7x1qd --expire never\n",
                               flags, Label, chosen);
  label->add_option("ID", flags->id, "Connection id")->required()->type_name("");
  label
      ->add_option_function<std::vector<std::string>>(
          "LABEL", [flags](const std::vector<std::string>& words) { TakeChanges(words, flags.get()); },
          "KEY=VALUE sets a label, KEY- removes it")
      ->type_name("");
  label
      ->add_option_function<std::string>(
          "--expire", [flags](const std::string& text) { TakeExpiry(text, flags.get()); },
          "When the gateway closes it: a duration from now, a time in RFC 3339, or never")
      ->type_name("WHEN");
  label->parse_complete_callback([flags] {
    if (flags->changes.empty() && !flags->expiry.has_value())
      throw CLI::ValidationError("label takes a LABEL or --expire");
  });
}

}  // namespace drawbridge::ctl
