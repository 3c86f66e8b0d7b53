// How the control API says no: a status, a stable reason for programs, and the field at fault.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_

#include <grpcpp/support/status.h>

#include <map>
#include <string>
#include <string_view>

namespace drawbridge {

// INVALID_ARGUMENT with google.rpc.ErrorInfo (`reason`, domain "drawbridge") and google.rpc.BadRequest naming
// `field`. `description` names the value and the bound.
grpc::Status InvalidField(std::string_view reason, const std::string& field, const std::string& description);

// Any other failure, with google.rpc.ErrorInfo.
grpc::Status Failure(grpc::StatusCode code, std::string_view reason, const std::string& message);

// The name of a code as gRPC's specification has it, such as NOT_FOUND.
std::string_view NameOf(grpc::StatusCode code);

// The reason for programs of a status that came from here; empty for any other.
std::string ReasonOf(const grpc::Status& status);

// The same with ErrorInfo.metadata.
grpc::Status Failure(grpc::StatusCode code, std::string_view reason, const std::string& message,
                     const std::map<std::string, std::string>& metadata);

// Of a connection id; `field` is where the request has it.
grpc::Status MalformedConnectionId(const std::string& connection_id,
                                   const std::string& field = "connection_id");
grpc::Status ConnectionNotFound(const std::string& connection_id);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_
