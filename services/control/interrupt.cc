#include "services/control/interrupt.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "services/control/ban_fields.h"
#include "services/control/close_fields.h"
#include "services/control/convert.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr std::chrono::seconds kMaxGrace{60};

// Parses the fields that both requests have.
template <typename Request>
grpc::Status ParseClose(const Request& request, CloseRequest* close) {
  grpc::Status status = ParseCode(request.code(), close);
  if (status.ok()) status = ParseReason(request.reason(), close);
  if (status.ok() && request.has_grace())
    status = ParseDuration("GRACE_OUT_OF_RANGE", "grace", request.grace(), kMaxGrace, &close->grace);
  close->drop_pending = request.drop_pending();
  close->abort = request.abort();
  return status;
}

v1::InterruptOutcome ToProto(CloseOutcome outcome) {
  switch (outcome) {
    case CloseOutcome::kClean:
      return v1::INTERRUPT_OUTCOME_CLOSED_CLEAN;
    case CloseOutcome::kTimeout:
      return v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT;
    case CloseOutcome::kAborted:
      return v1::INTERRUPT_OUTCOME_CLOSED_ABORTED;
    case CloseOutcome::kRejected:
      return v1::INTERRUPT_OUTCOME_CLOSED_REJECTED;
  }
  return v1::INTERRUPT_OUTCOME_UNSPECIFIED;
}

}  // namespace

grpc::Status ParseInterrupt(const v1::InterruptConnectionRequest& request, CloseRequest* close) {
  if (!IsConnectionId(request.connection_id())) return MalformedConnectionId(request.connection_id());
  return ParseClose(request, close);
}

grpc::Status ParseInterrupt(const v1::InterruptConnectionsRequest& request, CloseRequest* close) {
  return ParseClose(request, close);
}

grpc::Status ParseRefusal(const Registry& registry, const Clock& clock,
                          const v1::InterruptConnectionRequest& request, const std::string& actor,
                          std::optional<Ban>* ban) {
  if (!request.has_refuse_for()) return grpc::Status::OK;
  CloseRequest close(CloseCause::kInterrupted);
  close.actor = actor;
  std::chrono::nanoseconds refuse_for{0};
  grpc::Status status = ParseInterrupt(request, &close);
  if (status.ok()) status = ParseRefuseFor(request.refuse_for(), &refuse_for);
  if (!status.ok()) return status;
  const auto connection = registry.Find(request.connection_id());
  if (connection != nullptr) *ban = BanOf(*connection, close, refuse_for, clock.Wall());
  return grpc::Status::OK;
}

grpc::Status Interruption::Begin(const Registry& registry, const Clock& clock,
                                 const v1::InterruptConnectionRequest& request, const std::string& actor,
                                 std::unique_ptr<Interruption>* interruption) {
  CloseRequest close(CloseCause::kInterrupted);
  if (grpc::Status status = ParseInterrupt(request, &close); !status.ok()) return status;
  close.accept_time = clock.Steady();
  close.actor = actor;
  auto connection = registry.Find(request.connection_id());
  if (connection == nullptr) {
    return request.allow_missing() ? grpc::Status::OK : ConnectionNotFound(request.connection_id());
  }
  interruption->reset(new Interruption(registry, clock, std::move(connection)));
  (*interruption)->joined_ = !(*interruption)->connection_->Interrupt(std::move(close));
  return grpc::Status::OK;
}

Interruption::Interruption(const Registry& registry, const Clock& clock,
                           std::shared_ptr<Connection> connection)
    : registry_(registry),
      clock_(clock),
      connection_(std::move(connection)),
      was_closed_(connection_->state() == ConnectionState::kClosed),
      accepted_(clock.Steady()) {}

void Interruption::WhenGone(std::function<void()> gone) {
  waiter_ = connection_->WhenClosed([gone = std::move(gone)](const CloseResult&) { gone(); });
}

void Interruption::StopWaiting() { connection_->Forget(waiter_); }

v1::InterruptConnectionResponse Interruption::Response() const {
  v1::InterruptConnectionResponse response;
  Describe(*connection_, registry_.node().node_id(), clock_, response.mutable_connection());
  response.set_joined(joined_);
  const auto result = connection_->close_result();
  if (!result.has_value()) {
    response.set_outcome(v1::INTERRUPT_OUTCOME_ACCEPTED);
    return response;
  }
  response.set_outcome(was_closed_ ? v1::INTERRUPT_OUTCOME_ALREADY_CLOSED : ToProto(result->outcome));
  response.set_dropped_messages(result->dropped_messages);
  *response.mutable_elapsed() = drawbridge::ToProto(
      std::max<std::chrono::nanoseconds>(result->close_time - accepted_, std::chrono::nanoseconds(0)));
  return response;
}

}  // namespace drawbridge
