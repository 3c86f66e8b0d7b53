// The error details of a failed call of the control API.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_STATUS_DETAILS_H_
#define DRAWBRIDGE_TESTS_SUPPORT_STATUS_DETAILS_H_

#include <grpcpp/support/status.h>

#include <string>

namespace drawbridge {

// Fields are empty if the status does not have them.
struct StatusDetails {
  std::string domain;  // of google.rpc.ErrorInfo
  std::string reason;
  std::string field;  // of google.rpc.BadRequest; several are joined by commas
};
StatusDetails DetailsOf(const grpc::Status& status);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_STATUS_DETAILS_H_
