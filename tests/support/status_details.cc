#include "tests/support/status_details.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace drawbridge {

StatusDetails DetailsOf(const grpc::Status& status) {
  StatusDetails details;
  google::rpc::Status proto;
  if (!proto.ParseFromString(status.error_details())) return details;
  for (const auto& any : proto.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    if (any.UnpackTo(&info)) {
      details.domain = info.domain();
      details.reason = info.reason();
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        if (!details.field.empty()) details.field += ',';
        details.field += violation.field();
      }
    }
  }
  return details;
}

}  // namespace drawbridge
