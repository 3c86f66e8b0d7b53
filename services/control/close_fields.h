// The fields by which a request says how connections are to be closed.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CLOSE_FIELDS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CLOSE_FIELDS_H_

#include <google/protobuf/duration.pb.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/connections/close.h"

namespace drawbridge {

// Each sets what is asked for and leaves the rest, or says INVALID_ARGUMENT with the field, its value and its
// bound.

// 0 leaves the code as it is.
grpc::Status ParseCode(uint32_t code, CloseRequest* close);
// An empty one leaves the reason as it is.
grpc::Status ParseReason(const std::string& reason, CloseRequest* close);
// From 0 to `most`.
grpc::Status ParseDuration(const std::string& reason, const std::string& field,
                           const google::protobuf::Duration& duration, std::chrono::seconds most,
                           std::chrono::nanoseconds* out);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CLOSE_FIELDS_H_
