#include "services/control/connection_service.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "services/control/audit.h"
#include "services/control/bulk_interrupt.h"
#include "services/control/bulk_interrupt_call.h"
#include "services/control/count.h"
#include "services/control/errors.h"
#include "services/control/interrupt.h"
#include "services/control/list.h"
#include "services/control/refused_stream.h"
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

// Parses the request, calls `function` and answers the call.
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

// Also writes the audit line of the call.
grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const grpc::Status& status,
                                 Audit& audit) {
  audit.Finish(status);
  return Finish(context, status);
}

grpc::Status TooManyBulkInterrupts(size_t bound) {
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_BULK_INTERRUPTS",
                 fmt::format("{} calls of InterruptConnections are in progress, which is the limit", bound));
}

grpc::Status TooManyCounts(size_t bound) {
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_COUNTS",
                 fmt::format("{} calls of CountConnections are in progress, which is the limit", bound));
}

}  // namespace

ConnectionService::ConnectionService(Registry* registry, SendBudget* send_budget, BanKeeper* ban_keeper,
                                     const Clock* clock, Guard* guard)
    : registry_(*registry),
      send_budget_(*send_budget),
      ban_keeper_(*ban_keeper),
      clock_(*clock),
      watches_(registry, clock),
      service_(guard) {
  const auto unary = [this](const char* name, auto method) {
    service_.BindUnary(name, std::bind_front(method, this));
  };
  const auto streaming = [this](const char* name, auto method) {
    service_.BindStreaming(name, std::bind_front(method, this));
  };
  unary("ListConnections", &ConnectionService::ListConnections);
  unary("GetConnection", &ConnectionService::GetConnection);
  unary("CountConnections", &ConnectionService::CountConnections);
  unary("InterruptConnection", &ConnectionService::InterruptConnection);
  streaming("InterruptConnections", &ConnectionService::InterruptConnections);
  unary("UpdateConnection", &ConnectionService::UpdateConnection);
  unary("SendMessage", &ConnectionService::SendMessage);
  unary("BroadcastMessage", &ConnectionService::BroadcastMessage);
  streaming("WatchConnections", &ConnectionService::WatchConnections);
}

ConnectionService::~ConnectionService() {
  bulk_.join();
  answers_.join();
}

grpc::ServerUnaryReactor* ConnectionService::ListConnections(const Call& call,
                                                             const grpc::ByteBuffer* request,
                                                             grpc::ByteBuffer* response) {
  return Answer<v1::ListConnectionsRequest, v1::ListConnectionsResponse>(
      call.context, request, response, [this](const auto& in, auto* out) {
        return drawbridge::ListConnections(registry_, clock_, page_tokens_, in, out);
      });
}

grpc::ServerUnaryReactor* ConnectionService::GetConnection(const Call& call, const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Answer<v1::GetConnectionRequest, v1::GetConnectionResponse>(
      call.context, request, response,
      [this](const auto& in, auto* out) { return drawbridge::GetConnection(registry_, clock_, in, out); });
}

grpc::ServerUnaryReactor* ConnectionService::CountConnections(const Call& call,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  v1::CountConnectionsRequest parsed;
  std::unique_ptr<Count> begun;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) status = Count::Begin(registry_, clock_, parsed, &begun);
  const auto slot = std::make_shared<Slot>(counts_.Take());
  if (status.ok() && !*slot) status = TooManyCounts(counts_.capacity());
  if (!status.ok()) return Finish(call.context, status);
  const std::shared_ptr<Count> count = std::move(begun);
  auto* waiting = new WaitingCall(bulk_, nullptr, "the count stops", [count, slot] { count->Stop(); });
  DoInTurns([count, slot] { return count->CountSome(); },
            [answer = waiting->Answerer(), count, response] {
              answer([count, response] {
                *response = SerializeResponse(count->Response());
                return grpc::Status::OK;
              });
            });
  return waiting->Wait(*call.context);
}

grpc::ServerUnaryReactor* ConnectionService::InterruptConnection(const Call& call,
                                                                 const grpc::ByteBuffer* request,
                                                                 grpc::ByteBuffer* response) {
  const auto audit = std::make_shared<Audit>("InterruptConnection", call, clock_);
  v1::InterruptConnectionRequest parsed;
  std::unique_ptr<Interruption> interruption;
  grpc::Status status = ParseRequest(*request, parsed);
  audit->Asked(parsed);
  std::optional<Ban> ban;
  if (status.ok()) status = ParseRefusal(registry_, clock_, parsed, call.caller, &ban);
  if (status.ok() && ban.has_value())
    return WhenRefusedAndGone(call, audit, parsed, *std::move(ban), response);
  if (status.ok()) status = Interruption::Begin(registry_, clock_, parsed, call.caller, &interruption);
  if (!status.ok()) return Finish(call.context, status, *audit);
  if (interruption != nullptr && !parsed.no_wait())
    return WhenGone(call, audit, std::move(interruption), response);
  v1::InterruptConnectionResponse answer;
  answer.set_outcome(v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
  if (interruption != nullptr) answer = interruption->Response();
  audit->Came(answer);
  *response = SerializeResponse(answer);
  return Finish(call.context, grpc::Status::OK, *audit);
}

grpc::ServerUnaryReactor* ConnectionService::WhenGone(const Call& call, const std::shared_ptr<Audit>& audit,
                                                      const std::shared_ptr<Interruption>& interruption,
                                                      grpc::ByteBuffer* response) {
  auto* waiting = new WaitingCall(answers_, audit, "the interrupt continues",
                                  [interruption] { interruption->StopWaiting(); });
  interruption->WhenGone([answer = waiting->Answerer(), audit, interruption, response] {
    answer([audit, interruption, response] {
      const v1::InterruptConnectionResponse gone = interruption->Response();
      audit->Came(gone);
      *response = SerializeResponse(gone);
      return grpc::Status::OK;
    });
  });
  return waiting->Wait(*call.context);
}

// Bans the client, then interrupts its connection.
grpc::ServerUnaryReactor* ConnectionService::WhenRefusedAndGone(const Call& call,
                                                                const std::shared_ptr<Audit>& audit,
                                                                const v1::InterruptConnectionRequest& request,
                                                                Ban ban, grpc::ByteBuffer* response) {
  auto* waiting =
      new WaitingCall(answers_, audit, "the ban stays, once it is made, and the interrupt continues");
  auto answer_with = [answer = waiting->Answerer(), audit, response,
                      ban_id = ban.ban_id](const std::shared_ptr<Interruption>& interruption) {
    answer([audit, response, ban_id, interruption] {
      v1::InterruptConnectionResponse out;
      out.set_outcome(v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
      if (interruption != nullptr) out = interruption->Response();
      out.set_ban_id(ban_id);
      audit->Came(out);
      *response = SerializeResponse(out);
      return grpc::Status::OK;
    });
  };
  ban_keeper_.Lengthen({std::move(ban)}, [this, fail = waiting->Answerer(), answer_with, request,
                                          caller = call.caller](const grpc::Status& made) {
    std::unique_ptr<Interruption> begun;
    grpc::Status status = made;
    if (status.ok()) status = Interruption::Begin(registry_, clock_, request, caller, &begun);
    if (!status.ok()) return fail([status] { return status; });
    const std::shared_ptr<Interruption> interruption = std::move(begun);
    if (interruption == nullptr || request.no_wait()) return answer_with(interruption);
    interruption->WhenGone([answer_with, interruption] { answer_with(interruption); });
  });
  return waiting->Wait(*call.context);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ConnectionService::InterruptConnections(
    const Call& call, const grpc::ByteBuffer* request) {
  Audit audit("InterruptConnections", call, clock_);
  v1::InterruptConnectionsRequest parsed;
  BulkInterruptOptions options;
  grpc::Status status = ParseRequest(*request, parsed);
  audit.Asked(parsed);
  if (status.ok()) status = ParseBulkInterrupt(parsed, &options);
  options.close.actor = call.caller;
  Slot slot = bulk_interrupts_.Take();
  if (status.ok() && !slot) status = TooManyBulkInterrupts(bulk_interrupts_.capacity());
  if (!status.ok()) {
    audit.Finish(status);
    return new RefusedStream(status);
  }
  return BulkInterruptCall::Start({bulk_, registry_, clock_, ban_keeper_}, *call.context, std::move(options),
                                  std::move(slot), std::move(audit));
}

grpc::ServerUnaryReactor* ConnectionService::UpdateConnection(const Call& call,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  Audit audit("UpdateConnection", call, clock_);
  v1::UpdateConnectionRequest parsed;
  v1::UpdateConnectionResponse answer;
  grpc::Status status = ParseRequest(*request, parsed);
  audit.Asked(parsed);
  if (status.ok()) status = drawbridge::UpdateConnection(registry_, clock_, parsed, &answer);
  if (status.ok()) {
    audit.Came(answer);
    *response = SerializeResponse(answer);
  }
  return Finish(call.context, status, audit);
}

grpc::ServerUnaryReactor* ConnectionService::SendMessage(const Call& call, const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  const auto audit = std::make_shared<Audit>("SendMessage", call, clock_);
  v1::SendMessageRequest parsed;
  grpc::Status status = ParseRequest(*request, parsed);
  audit->Asked(parsed);
  if (status.ok() && parsed.wait_written()) return WhenWritten(call, audit, parsed, response);
  if (status.ok()) status = drawbridge::SendMessage(registry_, send_budget_, parsed);
  if (status.ok()) AnswerSent(parsed.connection_id(), *audit, response);
  return Finish(call.context, status, *audit);
}

grpc::ServerUnaryReactor* ConnectionService::WhenWritten(const Call& call,
                                                         const std::shared_ptr<Audit>& audit,
                                                         const v1::SendMessageRequest& request,
                                                         grpc::ByteBuffer* response) {
  auto* waiting = new WaitingCall(answers_, audit, "the message stays queued");
  const grpc::Status status = drawbridge::SendMessage(
      registry_, send_budget_, request,
      [this, tell = waiting->Answerer(), audit, id = request.connection_id(), response](bool written) {
        tell([this, audit, id, response, written] {
          if (!written) return NeverWritten();
          AnswerSent(id, *audit, response);
          return grpc::Status::OK;
        });
      });
  if (!status.ok()) waiting->AnswerNow(status);
  return waiting->Wait(*call.context);
}

void ConnectionService::AnswerSent(const std::string& connection_id, Audit& audit,
                                   grpc::ByteBuffer* response) const {
  const v1::SendMessageResponse queue = SendQueueOf(registry_, connection_id);
  audit.Came(queue);
  *response = SerializeResponse(queue);
}

grpc::ServerUnaryReactor* ConnectionService::BroadcastMessage(const Call& call,
                                                              const grpc::ByteBuffer* request,
                                                              grpc::ByteBuffer* response) {
  const auto audit = std::make_shared<Audit>("BroadcastMessage", call, clock_);
  v1::BroadcastMessageRequest parsed;
  std::unique_ptr<Broadcast> begun;
  grpc::Status status = ParseRequest(*request, parsed);
  audit->Asked(parsed);
  if (status.ok()) status = Broadcast::Begin(registry_, clock_, send_budget_, parsed, &begun);
  if (!status.ok()) return Finish(call.context, status, *audit);
  const std::shared_ptr<Broadcast> broadcast = std::move(begun);
  auto* waiting = new WaitingCall(bulk_, audit, "the message is sent to no further connection",
                                  [broadcast] { broadcast->Stop(); });
  DoInTurns([broadcast] { return broadcast->SendSome(); },
            [answer = waiting->Answerer(), audit, broadcast, response] {
              answer([audit, broadcast, response] {
                const v1::BroadcastMessageResponse sent = broadcast->Response();
                audit->Came(sent);
                *response = SerializeResponse(sent);
                return grpc::Status::OK;
              });
            });
  return waiting->Wait(*call.context);
}

// Calls `part` until it returns false, then `done`. Other work of the thread runs between two calls.
void ConnectionService::DoInTurns(std::function<bool()> part, std::function<void()> done) {
  boost::asio::post(bulk_, [this, part = std::move(part), done = std::move(done)]() mutable {
    if (part()) return DoInTurns(std::move(part), std::move(done));
    done();
  });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ConnectionService::WatchConnections(
    const Call& call, const grpc::ByteBuffer* request) {
  return watches_.Start(call, *request);
}

}  // namespace drawbridge
