// What a failure of the control API says to programs.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_STATUS_DETAILS_H_
#define DRAWBRIDGE_TESTS_SUPPORT_STATUS_DETAILS_H_

#include <grpcpp/support/status.h>

#include <string>

namespace drawbridge {

// Empty where the status does not carry it.
struct StatusDetails {
  std::string domain;  // of google.rpc.ErrorInfo
  std::string reason;
  std::string field;  // of google.rpc.BadRequest; two or more are joined by commas
};
StatusDetails DetailsOf(const grpc::Status& status);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_STATUS_DETAILS_H_
