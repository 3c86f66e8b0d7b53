#include "tools/ctl/errors.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <vector>

#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tools/ctl/printable.h"

namespace drawbridge::ctl {
namespace {

std::string NameOf(grpc::StatusCode code) {
  static constexpr std::array kNames{
      "OK",        "CANCELLED",       "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS",  "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",    "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED",
  };
  const auto number = static_cast<size_t>(code);
  return number < kNames.size() ? kNames[number] : fmt::format("status {}", number);
}

struct Details {
  std::string reason;
  std::vector<std::string> fields;
};

Details DetailsOf(const grpc::Status& status) {
  Details details;
  google::rpc::Status proto;
  if (!proto.ParseFromString(status.error_details())) return details;
  for (const auto& any : proto.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations())
        details.fields.push_back(violation.field());
    }
  }
  return details;
}

}  // namespace

ExitCode ExitCodeOf(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return ExitCode::kOk;
    case grpc::StatusCode::INVALID_ARGUMENT:
      return ExitCode::kUsage;
    case grpc::StatusCode::NOT_FOUND:
      return ExitCode::kNotFound;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ExitCode::kUnavailable;
    case grpc::StatusCode::UNAUTHENTICATED:
      return ExitCode::kUnauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED:
      return ExitCode::kDenied;
    default:
      return ExitCode::kFailed;
  }
}

std::string ReasonOf(const grpc::Status& status) { return DetailsOf(status).reason; }

std::string DescribeFailure(const grpc::Status& status) {
  const Details details = DetailsOf(status);
  std::string line = NameOf(status.error_code());
  if (!details.reason.empty()) line += " " + details.reason;
  const std::string fields = absl::StrJoin(details.fields, ", ");
  // Messages from the gateway usually begin with the field.
  if (!fields.empty() && !status.error_message().starts_with(fields + ": ")) line += " (" + fields + ")";
  return Printable(line + ": " + status.error_message());
}

ExitCode Report(const grpc::Status& status) {
  if (!status.ok()) Complain(DescribeFailure(status));
  return ExitCodeOf(status);
}

void Complain(const std::string& what) {
  // A single fputs, so that other output does not split the line.
  const std::string line = "drawbridgectl: " + Printable(what) + "\n";
  std::fputs(line.c_str(), stderr);
}

ExitCode ReportUnreachable(const google::protobuf::RepeatedPtrField<std::string>& nodes) {
  for (const std::string& node : nodes) Complain("no answer from node " + node);
  return nodes.empty() ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace drawbridge::ctl
