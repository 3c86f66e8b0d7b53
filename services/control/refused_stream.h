// Reactors of streaming calls that are refused at once.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_REFUSED_STREAM_H_
#define DRAWBRIDGE_SERVICES_CONTROL_REFUSED_STREAM_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

namespace drawbridge {

// A call whose server streams. Owns itself.
class RefusedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

// A call that streams in both directions. Owns itself.
class RefusedConversation final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit RefusedConversation(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_REFUSED_STREAM_H_
