#include "services/control/connection_service.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <cstddef>
#include <memory>
#include <utility>

#include "services/control/bulk_interrupt.h"
#include "services/control/bulk_interrupt_call.h"
#include "services/control/errors.h"
#include "services/control/interrupt.h"
#include "services/control/list.h"
#include "services/control/send.h"
#include "services/control/update.h"
#include "services/control/waiting_call.h"
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

grpc::Status TooManyBulkInterrupts(size_t bound) {
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_BULK_INTERRUPTS",
                 fmt::format("{} calls of InterruptConnections are under way: no more are taken", bound));
}

class RefusedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

ConnectionService::ConnectionService(Registry* registry, const Clock* clock)
    : registry_(*registry), clock_(*clock) {}

ConnectionService::~ConnectionService() {
  bulk_.join();
  answers_.join();
}

grpc::ServerUnaryReactor* ConnectionService::ListConnections(grpc::CallbackServerContext* context,
                                                             const grpc::ByteBuffer* request,
                                                             grpc::ByteBuffer* response) {
  return Answer<v1::ListConnectionsRequest, v1::ListConnectionsResponse>(
      context, request, response, [this](const auto& in, auto* out) {
        return drawbridge::ListConnections(registry_, clock_, page_tokens_, in, out);
      });
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
  if (interruption != nullptr && !parsed.no_wait()) return WhenGone(std::move(interruption), response);
  v1::InterruptConnectionResponse answer;
  answer.set_outcome(v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
  if (interruption != nullptr) answer = interruption->Response();
  *response = SerializeResponse(answer);
  return Finish(context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* ConnectionService::WhenGone(const std::shared_ptr<Interruption>& interruption,
                                                      grpc::ByteBuffer* response) {
  auto* call = new WaitingCall(answers_, "the caller left; the interrupt goes on",
                               [interruption] { interruption->StopWaiting(); });
  interruption->WhenGone([answer = call->Answerer(), interruption, response] {
    answer([interruption, response] {
      *response = SerializeResponse(interruption->Response());
      return grpc::Status::OK;
    });
  });
  return call;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ConnectionService::InterruptConnections(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  v1::InterruptConnectionsRequest parsed;
  BulkInterruptOptions options;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) status = ParseBulkInterrupt(parsed, &options);
  if (!status.ok()) return new RefusedStream(status);
  Slot slot = bulk_interrupts_.Take();
  if (!slot) return new RefusedStream(TooManyBulkInterrupts(bulk_interrupts_.capacity()));
  return BulkInterruptCall::Start({bulk_, registry_, clock_}, std::move(options), std::move(slot));
}

grpc::ServerUnaryReactor* ConnectionService::UpdateConnection(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  return Answer<v1::UpdateConnectionRequest, v1::UpdateConnectionResponse>(
      context, request, response,
      [this](const auto& in, auto* out) { return drawbridge::UpdateConnection(registry_, clock_, in, out); });
}

grpc::ServerUnaryReactor* ConnectionService::SendMessage(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  v1::SendMessageRequest parsed;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok() && parsed.wait_written()) return WhenWritten(parsed, response);
  if (status.ok()) status = drawbridge::SendMessage(registry_, parsed);
  if (status.ok()) *response = SerializeResponse(SendQueueOf(registry_, parsed.connection_id()));
  return Finish(context, status);
}

grpc::ServerUnaryReactor* ConnectionService::WhenWritten(const v1::SendMessageRequest& request,
                                                         grpc::ByteBuffer* response) {
  auto* call = new WaitingCall(answers_, "the caller left; the message stays queued");
  const grpc::Status status = drawbridge::SendMessage(
      registry_, request,
      [this, tell = call->Answerer(), id = request.connection_id(), response](bool written) {
        tell([this, id, response, written] {
          if (!written) return NeverWritten();
          *response = SerializeResponse(SendQueueOf(registry_, id));
          return grpc::Status::OK;
        });
      });
  if (!status.ok()) call->AnswerNow(status);
  return call;
}

grpc::ServerUnaryReactor* ConnectionService::BroadcastMessage(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  v1::BroadcastMessageRequest parsed;
  std::unique_ptr<Broadcast> begun;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) status = Broadcast::Begin(registry_, clock_, parsed, &begun);
  if (!status.ok()) return Finish(context, status);
  const std::shared_ptr<Broadcast> broadcast = std::move(begun);
  auto* call = new WaitingCall(bulk_, "the caller left; nobody further gets the message, who has it keeps it",
                               [broadcast] { broadcast->Stop(); });
  SendOn(broadcast, [answer = call->Answerer(), broadcast, response] {
    answer([broadcast, response] {
      *response = SerializeResponse(broadcast->Response());
      return grpc::Status::OK;
    });
  });
  return call;
}

// Between two parts, others that wait for the thread have their turn.
void ConnectionService::SendOn(const std::shared_ptr<Broadcast>& broadcast, std::function<void()> sent) {
  boost::asio::post(bulk_, [this, broadcast, sent = std::move(sent)]() mutable {
    if (broadcast->SendSome()) return SendOn(broadcast, std::move(sent));
    sent();
  });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ConnectionService::WatchConnections(grpc::CallbackServerContext*,
                                                                                const grpc::ByteBuffer*) {
  return new RefusedStream(Unimplemented());
}

}  // namespace drawbridge
