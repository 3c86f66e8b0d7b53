// Reads requests off the wire ourselves: gRPC would answer a malformed one with a bare UNIMPLEMENTED, naming
// nothing.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WIRE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WIRE_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstddef>

namespace drawbridge {

// gRPC refuses a longer request, too, but without a reason for programs. So it takes twice as much here.
inline constexpr size_t kMaxRequestBytes = 4 << 20;

// RESOURCE_EXHAUSTED where the request is longer than that; INVALID_ARGUMENT where the bytes are not such a
// message; it names the field whose text is not UTF-8, if that is why.
grpc::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

// Where an answer that can grow ends, in serialized bytes, unless its first row is longer: gRPC's clients
// take 4 MiB by default and fail with a status of their own where there is more.
inline constexpr size_t kAnswerBytes = 3 << 20;

grpc::ByteBuffer SerializeResponse(const google::protobuf::Message& response);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WIRE_H_
