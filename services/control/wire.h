// Parses requests in place of gRPC, which answers a malformed request with UNIMPLEMENTED and no details.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WIRE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WIRE_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstddef>

namespace drawbridge {

// gRPC also refuses a request that is too large, but without an ErrorInfo. Its limit is therefore set to
// twice this value.
inline constexpr size_t kMaxRequestBytes = 4 << 20;

// Returns RESOURCE_EXHAUSTED if the request is larger than that, and INVALID_ARGUMENT if it does not parse.
// The error names the first field that is not valid UTF-8, if that is the cause.
grpc::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

// The maximum size of a response with a variable number of rows, in serialized bytes; a single row may exceed
// it. gRPC clients accept 4 MiB by default and fail a larger response with their own status.
inline constexpr size_t kAnswerBytes = 3 << 20;

grpc::ByteBuffer SerializeResponse(const google::protobuf::Message& response);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WIRE_H_
