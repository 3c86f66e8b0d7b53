#include "tools/ctl/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "tools/ctl/human.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

namespace v1 = control::v1;

// The lower-case name of an enum value without the common prefix. A value that is unknown to the .proto file
// of this build is shown as its number.
std::string Word(const std::string& name, std::string_view prefix, int number) {
  return name.empty() ? std::to_string(number) : absl::AsciiStrToLower(name.substr(prefix.size()));
}

std::string StateText(v1::ConnectionState state) {
  return Word(v1::ConnectionState_Name(state), "CONNECTION_STATE_", state);
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S %z", FromProto(time), absl::LocalTimeZone());
}

std::string TrafficText(uint64_t messages, uint64_t bytes) {
  return fmt::format("{}, {} bytes", Count(static_cast<int64_t>(messages), "message"), bytes);
}

std::string CloseOutcomeText(v1::CloseOutcome outcome) {
  return Word(v1::CloseOutcome_Name(outcome), "CLOSE_OUTCOME_", outcome);
}

std::string CodeText(uint32_t code, const std::string& reason) {
  if (code == 0) return "";
  return reason.empty() ? std::to_string(code) : fmt::format("{} \"{}\"", code, reason);
}

}  // namespace

Cell StateCell(const v1::Connection& connection) {
  Cell cell{StateText(connection.state())};
  if (connection.state() == v1::CONNECTION_STATE_OPEN) cell.style = Style::kGood;
  if (connection.state() == v1::CONNECTION_STATE_CLOSING) cell.style = Style::kWarning;
  if (connection.state() == v1::CONNECTION_STATE_CLOSED) cell.style = Style::kDim;
  return cell;
}

std::string LabelsText(const v1::Connection& connection) {
  const std::map<std::string, std::string> sorted(connection.labels().begin(), connection.labels().end());
  std::string text;
  for (const auto& [key, value] : sorted) text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, value);
  return text;
}

std::string PathText(const v1::Connection& connection) {
  const auto& cut = connection.truncated_fields();
  return connection.path() + (std::find(cut.begin(), cut.end(), "path") == cut.end() ? "" : "…");
}

std::string AgeText(const v1::Connection& connection, absl::Time now) {
  const bool over = connection.close().has_close_time();
  return HumanAge((over ? FromProto(connection.close().close_time()) : now) -
                  FromProto(connection.create_time()));
}

absl::Time IdleSince(const v1::Connection& connection) {
  return FromProto(connection.has_last_message_time() ? connection.last_message_time()
                                                      : connection.create_time());
}

std::string IdleText(const v1::Connection& connection, absl::Time now) {
  return HumanAge(now - IdleSince(connection));
}

std::string CloseText(const v1::Connection& connection) {
  if (!connection.has_close()) return "";
  const v1::Close& close = connection.close();
  const uint32_t code = close.sent_code() != 0 ? close.sent_code() : close.received_code();
  return fmt::format("{}{}, by {}", code == 0 ? "" : std::to_string(code) + " ", close.cause(),
                     Word(v1::CloseInitiator_Name(close.initiator()), "CLOSE_INITIATOR_", close.initiator()));
}

std::string OutcomeText(v1::InterruptOutcome outcome) {
  return Word(v1::InterruptOutcome_Name(outcome), "INTERRUPT_OUTCOME_", outcome);
}

std::string RoundTripText(const v1::Connection& connection) {
  return connection.has_round_trip_time() ? HumanLatency(FromProto(connection.round_trip_time())) : "";
}

std::vector<std::pair<std::string, std::string>> Facts(const v1::Connection& connection, absl::Time now) {
  const auto ago = [now](bool known, const google::protobuf::Timestamp& time) {
    return known ? fmt::format("{} ({} ago)", TimeText(time), HumanAge(now - FromProto(time))) : "";
  };
  const v1::Close& close = connection.close();
  std::vector<std::pair<std::string, std::string>> facts{
      {"connection_id", connection.connection_id()},
      {"node_id", connection.node_id()},
      {"state", StateText(connection.state())},
      {"principal", connection.principal()},
      {"token_id", connection.token_id()},
      {"remote_address", connection.remote_address()},
      {"path", connection.path()},
      {"truncated_fields", absl::StrJoin(connection.truncated_fields(), ", ")},
      {"subprotocol", connection.subprotocol()},
      {"user_agent", connection.user_agent()},
      {"origin", connection.origin()},
      {"tls", connection.tls() ? "true" : "false"},
      {"labels", LabelsText(connection)},
      {"create_time", ago(connection.has_create_time(), connection.create_time())},
      {"last_receive_time", ago(connection.has_last_receive_time(), connection.last_receive_time())},
      {"last_message_time", ago(connection.has_last_message_time(), connection.last_message_time())},
      {"expire_time", connection.has_expire_time() ? TimeText(connection.expire_time()) : ""},
      {"received", TrafficText(connection.received_messages(), connection.received_bytes())},
      {"sent", TrafficText(connection.sent_messages(), connection.sent_bytes())},
      {"send_queue", TrafficText(connection.send_queue_messages(), connection.send_queue_bytes())},
      {"round_trip_time", RoundTripText(connection)},
      {"revision", std::to_string(connection.revision())},
      {"close", CloseText(connection)},
      {"close_outcome", close.outcome() == 0 ? "" : CloseOutcomeText(close.outcome())},
      {"close_sent", CodeText(close.sent_code(), close.sent_reason())},
      {"close_received", CodeText(close.received_code(), close.received_reason())},
      {"close_actor", close.actor()},
      {"close_time", ago(close.has_close_time(), close.close_time())},
  };
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

}  // namespace drawbridge::ctl
