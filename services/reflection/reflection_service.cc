#include "services/reflection/reflection_service.h"

#include <fmt/format.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/control/errors.h"
#include "services/control/refused_stream.h"
#include "services/control/wire.h"
#include "services/reflection/answers.h"

namespace drawbridge {
namespace {

// Far above the longest names. There is a limit because each response repeats its request.
constexpr size_t kMaxQuestionBytes = 16 << 10;

// One call: reads a request, writes its response, reads the next. Deletes itself in OnDone.
class ReflectionStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  ReflectionStream(const Descriptors& descriptors, Call call, Slot slot)
      : call_(std::move(call)), slot_(std::move(slot)), answers_(&descriptors) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(grpc::Status::OK);  // the client sends no further request
    const grpc::Status status = Answer();
    if (!status.ok()) return Finish(status);
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(grpc::Status::CANCELLED);
    StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  void End(const grpc::Status& status) {
    Finish(call_.context->IsCancelled() ? grpc::Status::CANCELLED : status);
  }

  grpc::Status Answer() {
    if (grpc::Status status = call_.admitted(); !status.ok()) return status;
    if (request_.Length() > kMaxQuestionBytes) {
      return Failure(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_TOO_LONG",
                     fmt::format("the request has {} bytes: at most {} are allowed", request_.Length(),
                                 kMaxQuestionBytes));
    }
    grpc::reflection::v1::ServerReflectionRequest request;
    if (grpc::Status status = ParseRequest(request_, request); !status.ok()) return status;
    response_ = SerializeResponse(answers_.Answer(request));
    return grpc::Status::OK;
  }

  const Call call_;
  const Slot slot_;
  ReflectionAnswers answers_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

std::vector<std::string> WithReflection(std::vector<std::string> services) {
  services.emplace_back(grpc::reflection::v1::ServerReflection::service_full_name());
  services.emplace_back(grpc::reflection::v1alpha::ServerReflection::service_full_name());
  return services;
}

// Messages that error details carry and no service refers to, so that tools can decode them. The reference to
// a message also links its file into the program.
std::vector<const google::protobuf::FileDescriptor*> FilesOfErrors() {
  return {google::rpc::ErrorInfo::descriptor()->file(), google::rpc::Status::descriptor()->file()};
}

}  // namespace

ReflectionService::ReflectionService(std::vector<std::string> services, Guard* guard)
    : descriptors_(WithReflection(std::move(services)), FilesOfErrors()), v1_(guard), v1alpha_(guard) {
  v1_.BindBidirectional("ServerReflectionInfo",
                        std::bind_front(&ReflectionService::ServerReflectionInfo, this));
  v1alpha_.BindBidirectional("ServerReflectionInfo",
                             std::bind_front(&ReflectionService::ServerReflectionInfo, this));
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ReflectionService::ServerReflectionInfo(
    const Call& call) {
  Slot slot = streams_.Take();
  if (!slot) {
    return new RefusedConversation(
        Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_REFLECTION_STREAMS",
                fmt::format("{} reflection streams are open: no more are taken", streams_.capacity())));
  }
  return new ReflectionStream(descriptors_, call, std::move(slot));
}

}  // namespace drawbridge
