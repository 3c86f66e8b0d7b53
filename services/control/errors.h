// Error statuses of the control API: a code, a stable machine-readable reason and the invalid field.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace drawbridge {

// The length in bytes at which each text in a status is truncated. gRPC sends a status in headers, and most
// clients accept at most 8 KiB of headers. The headers contain the message twice, once with three bytes for
// each byte that is not ASCII.
inline constexpr size_t kMaxErrorText = 1024;

// INVALID_ARGUMENT with google.rpc.ErrorInfo (`reason`, domain "drawbridge") and google.rpc.BadRequest naming
// `field`. `description` names the value and the bound.
grpc::Status InvalidField(std::string_view reason, const std::string& field, const std::string& description);

// Any other failure, with google.rpc.ErrorInfo.
grpc::Status Failure(grpc::StatusCode code, std::string_view reason, const std::string& message);

// The name of a code in the gRPC specification, such as NOT_FOUND.
std::string_view NameOf(grpc::StatusCode code);

// The ErrorInfo reason of a status that one of these functions returned; empty for other statuses.
std::string ReasonOf(const grpc::Status& status);

// A failure with ErrorInfo.metadata.
grpc::Status Failure(grpc::StatusCode code, std::string_view reason, const std::string& message,
                     const std::map<std::string, std::string>& metadata);

// `text` of a request in quotes, for an error message: at most 64 bytes, truncated between two characters,
// with escapes for unprintable bytes.
std::string Quoted(std::string_view text);

// UNAVAILABLE: the node is shutting down.
grpc::Status NodeGone();

// `field` is the path of the connection id in the request.
grpc::Status MalformedConnectionId(const std::string& connection_id,
                                   const std::string& field = "connection_id");
grpc::Status ConnectionNotFound(const std::string& connection_id);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_
