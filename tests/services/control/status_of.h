// The error details of a failed RPC, in a form that tests can compare.
#ifndef DRAWBRIDGE_TESTS_SERVICES_CONTROL_STATUS_OF_H_
#define DRAWBRIDGE_TESTS_SERVICES_CONTROL_STATUS_OF_H_

#include <grpcpp/support/status.h>

#include <ostream>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace drawbridge {

struct StatusFacts {
  grpc::StatusCode code;
  std::string reason;  // of ErrorInfo
  std::string field;   // of BadRequest; empty: none
  bool operator==(const StatusFacts&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const StatusFacts& facts) {
  return out << "code " << facts.code << " reason \"" << facts.reason << "\" field \"" << facts.field << '"';
}

// Takes a status with valid details. Invalid details give a reason that no test expects.
inline StatusFacts FactsOf(const grpc::Status& status) {
  StatusFacts facts{.code = status.error_code(), .reason = ""};
  if (status.ok()) return facts;
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details()) || details.code() != status.error_code() ||
      details.message() != status.error_message() || details.details_size() == 0 ||
      !details.details(0).UnpackTo(&info) || info.domain() != "drawbridge" ||
      status.error_message().empty()) {
    facts.reason = "BAD DETAILS";
    return facts;
  }
  facts.reason = info.reason();
  google::rpc::BadRequest bad_request;
  if (details.details_size() > 1 && details.details(1).UnpackTo(&bad_request) &&
      bad_request.field_violations_size() == 1) {
    facts.field = bad_request.field_violations(0).field();
  }
  return facts;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SERVICES_CONTROL_STATUS_OF_H_
