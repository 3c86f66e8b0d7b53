#include "tests/support/raw_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <stdexcept>

#include "tests/support/patience.h"

namespace drawbridge {

RawReply CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                 const std::string& bytes, const Headers& headers) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  for (const auto& [name, value] : headers) context.AddMetadata(name, value);
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  RawReply reply;
  if (next()) {
    const grpc::Slice slice(bytes);
    call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
    next();
    for (grpc::ByteBuffer buffer; call->Read(&buffer, nullptr), next();) {
      std::vector<grpc::Slice> slices;
      if (!buffer.Dump(&slices).ok()) throw std::runtime_error("a response cannot be read");
      for (const grpc::Slice& each : slices) {
        reply.bytes.append(reinterpret_cast<const char*>(each.begin()), each.size());
      }
    }
  }
  call->Finish(&reply.status, nullptr);
  next();
  return reply;
}

}  // namespace drawbridge
