// A generated service that asks the guard before it calls any of its methods.
#ifndef DRAWBRIDGE_SERVICES_AUTH_GUARDED_SERVICE_H_
#define DRAWBRIDGE_SERVICES_AUTH_GUARDED_SERVICE_H_

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "services/auth/guard.h"
#include "services/control/refused_stream.h"

namespace drawbridge {

// `Generated` is the outer class that grpc_cpp_plugin makes, such as control::v1::ConnectionService. Only
// bound methods are served: gRPC answers UNIMPLEMENTED to calls of the others. A bound method is called if
// the guard admits the caller, and gets the request as bytes, which services/control/wire.h parses.
template <typename Generated>
class GuardedService final : public Generated::Service {
 public:
  using UnaryMethod = std::function<grpc::ServerUnaryReactor*(
      const Call& call, const grpc::ByteBuffer* request, grpc::ByteBuffer* response)>;
  using StreamingMethod = std::function<grpc::ServerWriteReactor<grpc::ByteBuffer>*(
      const Call& call, const grpc::ByteBuffer* request)>;

  using BidirectionalMethod =
      std::function<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*(const Call& call)>;

  // The guard must outlive the service.
  explicit GuardedService(Guard* guard) : guard_(*guard) {}

  // The bound methods, as in :path.
  const std::set<std::string, std::less<>>& methods() const { return methods_; }

  // All methods must be bound before the server starts. `name`: that of the method in the .proto file.
  void BindUnary(const std::string& name, UnaryMethod method) {
    auto admit = [this, path = PathOf(name), method = std::move(method)](
                     grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                     grpc::ByteBuffer* response) -> grpc::ServerUnaryReactor* {
      Call call;
      const grpc::Status status = guard_.Admit(path, context, &call);
      if (status.ok()) return method(call, request, response);
      grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
      reactor->Finish(status);
      return reactor;
    };
    methods_.insert(PathOf(name));
    this->MarkMethodRawCallback(
        IndexOf(name),
        new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(std::move(admit)));
  }

  // For a method with a stream of responses.
  void BindStreaming(const std::string& name, StreamingMethod method) {
    auto admit = [this, path = PathOf(name), method = std::move(method)](
                     grpc::CallbackServerContext* context,
                     const grpc::ByteBuffer* request) -> grpc::ServerWriteReactor<grpc::ByteBuffer>* {
      Call call;
      const grpc::Status status = guard_.Admit(path, context, &call);
      return status.ok() ? method(call, request) : new RefusedStream(status);
    };
    methods_.insert(PathOf(name));
    this->MarkMethodRawCallback(
        IndexOf(name), new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                           std::move(admit)));
  }

  // For a method with a stream of requests and a stream of responses.
  void BindBidirectional(const std::string& name, BidirectionalMethod method) {
    auto admit = [this, path = PathOf(name), method = std::move(method)](grpc::CallbackServerContext* context)
        -> grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* {
      Call call;
      const grpc::Status status = guard_.Admit(path, context, &call);
      return status.ok() ? method(call) : new RefusedConversation(status);
    };
    methods_.insert(PathOf(name));
    this->MarkMethodRawCallback(
        IndexOf(name),
        new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(std::move(admit)));
  }

 private:
  static std::string PathOf(const std::string& name) {
    return std::string("/").append(Generated::service_full_name()).append("/").append(name);
  }
  // gRPC numbers the methods as the .proto file does.
  static int IndexOf(const std::string& name) {
    return google::protobuf::DescriptorPool::generated_pool()
        ->FindServiceByName(Generated::service_full_name())
        ->FindMethodByName(name)
        ->index();
  }

  Guard& guard_;
  std::set<std::string, std::less<>> methods_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_GUARDED_SERVICE_H_
