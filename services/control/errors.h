// How the control API says no: a status, a stable reason for programs, and the field at fault.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace drawbridge {

// A status goes out as headers, and most clients take no more than 8 KiB of them. Its message is there twice,
// with three bytes for each that is not ASCII, so each text in a status is cut at this length.
inline constexpr size_t kMaxErrorText = 1024;

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

// `text` of a request, in quotes, to be shown in an error: at most 64 bytes of it, cut between two
// characters, with escapes for what cannot be printed.
std::string Quoted(std::string_view text);

// The node is about to end: UNAVAILABLE.
grpc::Status NodeGone();

// Of a connection id; `field` is where the request has it.
grpc::Status MalformedConnectionId(const std::string& connection_id,
                                   const std::string& field = "connection_id");
grpc::Status ConnectionNotFound(const std::string& connection_id);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_ERRORS_H_
