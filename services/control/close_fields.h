// Parses the request fields that define how connections are closed.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_CLOSE_FIELDS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_CLOSE_FIELDS_H_

#include <google/protobuf/duration.pb.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/connections/close.h"

namespace drawbridge {

// Each function stores the value, or returns INVALID_ARGUMENT with the field, its value and its bound.

// 0 keeps the code of `close`. `field` is the path of the value in the request.
grpc::Status ParseCode(uint32_t code, CloseRequest* close, const std::string& field = "code");
// An empty reason keeps that of `close`.
grpc::Status ParseReason(const std::string& reason, CloseRequest* close, const std::string& field = "reason");
// Accepts 0 to `most`. `reason` is the ErrorInfo reason of the error.
grpc::Status ParseDuration(const std::string& reason, const std::string& field,
                           const google::protobuf::Duration& duration, std::chrono::seconds most,
                           std::chrono::nanoseconds* out);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_CLOSE_FIELDS_H_
