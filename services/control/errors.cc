#include "services/control/errors.h"

#include "absl/strings/escaping.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace drawbridge {
namespace {

constexpr size_t kMaxQuoted = 64;
constexpr std::string_view kMore = "...";

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// Truncates `text` to at most `most` bytes, between two characters. A truncated text ends with kMore.
std::string Cut(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  size_t size = most - kMore.size();
  while (size > 0 && !BeginsCharacter(text[size])) --size;
  return std::string(text.substr(0, size)).append(kMore);
}

grpc::Status WithDetails(grpc::StatusCode code, std::string_view reason, std::string_view whole_message,
                         const google::rpc::BadRequest* bad_request,
                         const std::map<std::string, std::string>& metadata = {}) {
  const std::string message = Cut(whole_message, kMaxErrorText);
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_domain("drawbridge");
  info.set_reason(std::string(reason));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = Cut(value, kMaxErrorText);
  status.add_details()->PackFrom(info);
  if (bad_request != nullptr) status.add_details()->PackFrom(*bad_request);
  return grpc::Status(code, message, status.SerializeAsString());
}

}  // namespace

std::string_view NameOf(grpc::StatusCode code) {
  static constexpr std::string_view kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && static_cast<size_t>(code) < std::size(kNames) ? kNames[code] : "UNKNOWN";
}

grpc::Status InvalidField(std::string_view reason, const std::string& field, const std::string& description) {
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field(field);
  violation->set_description(Cut(description, kMaxErrorText));
  return WithDetails(grpc::StatusCode::INVALID_ARGUMENT, reason, field + ": " + description, &bad_request);
}

grpc::Status Failure(grpc::StatusCode code, std::string_view reason, const std::string& message) {
  return WithDetails(code, reason, message, nullptr);
}

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return {};
  for (const google::protobuf::Any& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return {};
}

grpc::Status Failure(grpc::StatusCode code, std::string_view reason, const std::string& message,
                     const std::map<std::string, std::string>& metadata) {
  return WithDetails(code, reason, message, nullptr, metadata);
}

std::string Quoted(std::string_view text) { return "\"" + absl::CEscape(Cut(text, kMaxQuoted)) + "\""; }

grpc::Status NodeGone() {
  return Failure(grpc::StatusCode::UNAVAILABLE, "NODE_GONE",
                 "the node is shutting down and closes all connections");
}

grpc::Status MalformedConnectionId(const std::string& connection_id, const std::string& field) {
  return InvalidField("CONNECTION_ID_MALFORMED", field,
                      "is " + Quoted(connection_id) + ": 1 to 32 characters of [a-z0-9-] are required");
}

grpc::Status ConnectionNotFound(const std::string& connection_id) {
  return Failure(grpc::StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND",
                 "connection \"" + connection_id + "\" is neither open nor recently closed");
}

}  // namespace drawbridge
