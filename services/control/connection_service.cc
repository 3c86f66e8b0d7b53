#include "services/control/connection_service.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "services/control/errors.h"
#include "services/control/interrupt.h"
#include "services/control/list.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const grpc::Status& status) {
  auto* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

// Parse, act, answer.
template <typename Request, typename Response, typename Function>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                 grpc::ByteBuffer* out, Function function) {
  Request request;
  Response response;
  grpc::Status status = ParseRequest(*bytes, request);
  if (status.ok()) status = function(request, &response);
  if (status.ok()) *out = SerializeResponse(response);
  return Finish(context, status);
}

grpc::Status Unimplemented() {
  return Failure(grpc::StatusCode::UNIMPLEMENTED, "NOT_IMPLEMENTED_YET",
                 "this method is not implemented yet");
}

class RefusedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  RefusedStream() { Finish(Unimplemented()); }
  void OnDone() override { delete this; }
};

// Waits for the end of a connection, or for its own caller to lose patience, whichever is first.
class InterruptCall final : public grpc::ServerUnaryReactor {
 public:
  InterruptCall(std::unique_ptr<Interruption> interruption, boost::asio::thread_pool& answers,
                grpc::ByteBuffer* response)
      : interruption_(std::move(interruption)), response_(response) {
    // Whoever sets `answered` first may touch the call; the other must not, for it may be destroyed by then.
    interruption_->WhenGone([this, answered = answered_, &answers] {
      boost::asio::post(answers, [this, answered] {
        if (!answered->exchange(true)) AnswerGone();
      });
    });
  }

  void OnCancel() override {
    if (answered_->exchange(true)) return;
    interruption_->StopWaiting();
    Finish(Failure(grpc::StatusCode::CANCELLED, "CALLER_LEFT", "the caller left; the interrupt goes on"));
  }

  void OnDone() override { delete this; }

 private:
  void AnswerGone() {
    *response_ = SerializeResponse(interruption_->Response());
    Finish(grpc::Status::OK);
  }

  const std::shared_ptr<std::atomic<bool>> answered_ = std::make_shared<std::atomic<bool>>(false);
  const std::unique_ptr<Interruption> interruption_;
  grpc::ByteBuffer* const response_;
};

}  // namespace

ConnectionService::ConnectionService(const Registry* registry, const Clock* clock)
    : registry_(*registry), clock_(*clock) {}

ConnectionService::~ConnectionService() { answers_.join(); }

grpc::ServerUnaryReactor* ConnectionService::ListConnections(grpc::CallbackServerContext* context,
                                                             const grpc::ByteBuffer* request,
                                                             grpc::ByteBuffer* response) {
  return Answer<v1::ListConnectionsRequest, v1::ListConnectionsResponse>(
      context, request, response,
      [this](const auto& in, auto* out) { return drawbridge::ListConnections(registry_, clock_, in, out); });
}

grpc::ServerUnaryReactor* ConnectionService::GetConnection(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Answer<v1::GetConnectionRequest, v1::GetConnectionResponse>(
      context, request, response,
      [this](const auto& in, auto* out) { return drawbridge::GetConnection(registry_, clock_, in, out); });
}

grpc::ServerUnaryReactor* ConnectionService::InterruptConnection(grpc::CallbackServerContext* context,
                                                                 const grpc::ByteBuffer* request,
                                                                 grpc::ByteBuffer* response) {
  v1::InterruptConnectionRequest parsed;
  std::unique_ptr<Interruption> interruption;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) status = Interruption::Begin(registry_, clock_, parsed, &interruption);
  if (!status.ok()) return Finish(context, status);
  if (interruption != nullptr && !parsed.no_wait()) {
    return new InterruptCall(std::move(interruption), answers_, response);
  }
  v1::InterruptConnectionResponse answer;
  answer.set_outcome(v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
  if (interruption != nullptr) answer = interruption->Response();
  *response = SerializeResponse(answer);
  return Finish(context, grpc::Status::OK);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ConnectionService::InterruptConnections(
    grpc::CallbackServerContext*, const grpc::ByteBuffer*) {
  return new RefusedStream;
}

grpc::ServerUnaryReactor* ConnectionService::UpdateConnection(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer*, grpc::ByteBuffer*) {
  return Finish(context, Unimplemented());
}

grpc::ServerUnaryReactor* ConnectionService::SendMessage(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer*, grpc::ByteBuffer*) {
  return Finish(context, Unimplemented());
}

grpc::ServerUnaryReactor* ConnectionService::BroadcastMessage(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer*, grpc::ByteBuffer*) {
  return Finish(context, Unimplemented());
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ConnectionService::WatchConnections(grpc::CallbackServerContext*,
                                                                                const grpc::ByteBuffer*) {
  return new RefusedStream;
}

}  // namespace drawbridge
