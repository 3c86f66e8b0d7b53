#include "services/control/interrupt.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/base/utf8.h"
#include "services/control/convert.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kMaxReason = 123;  // RFC 6455, section 5.5: what a control frame holds besides the code
constexpr int64_t kMaxGraceSeconds = 60;
constexpr int32_t kNanosPerSecond = 1'000'000'000;

// Codes that an operator may send: those of section 7.4.1 that speak of a decision, and the registered and
// private ranges.
bool IsInterruptCode(uint32_t code) {
  return code == 1000 || code == 1001 || code == 1008 || (code >= 1011 && code <= 1013) ||
         (code >= 3000 && code <= 4999);
}

grpc::Status ParseGrace(const google::protobuf::Duration& grace, std::chrono::nanoseconds* out) {
  const bool valid =
      grace.nanos() >= 0 && grace.nanos() < kNanosPerSecond && grace.seconds() >= 0 &&
      (grace.seconds() < kMaxGraceSeconds || (grace.seconds() == kMaxGraceSeconds && grace.nanos() == 0));
  if (!valid) {
    return InvalidField("GRACE_OUT_OF_RANGE", "grace",
                        fmt::format("is {} s and {} ns: 0 to {} s are allowed", grace.seconds(),
                                    grace.nanos(), kMaxGraceSeconds));
  }
  *out = std::chrono::seconds(grace.seconds()) + std::chrono::nanoseconds(grace.nanos());
  return grpc::Status::OK;
}

// Of the fields that both requests have.
template <typename Request>
grpc::Status ParseClose(const Request& request, CloseRequest* close) {
  if (request.code() != 0) {
    if (!IsInterruptCode(request.code())) {
      return InvalidField(
          "CODE_FORBIDDEN", "code",
          fmt::format("is {}: 1000, 1001, 1008, 1011 to 1013 and 3000 to 4999 are allowed, 0 is 1008",
                      request.code()));
    }
    close->code = static_cast<uint16_t>(request.code());
  }
  if (!IsUtf8(request.reason())) return InvalidField("NOT_UTF8", "reason", "is not valid UTF-8");
  if (request.reason().size() > kMaxReason) {
    return InvalidField(
        "REASON_TOO_LONG", "reason",
        fmt::format("has {} bytes: at most {} are allowed", request.reason().size(), kMaxReason));
  }
  if (!request.reason().empty()) close->reason = request.reason();
  close->drop_pending = request.drop_pending();
  close->abort = request.abort();
  return request.has_grace() ? ParseGrace(request.grace(), &close->grace) : grpc::Status::OK;
}

v1::InterruptOutcome ToProto(CloseOutcome outcome) {
  switch (outcome) {
    case CloseOutcome::kClean:
      return v1::INTERRUPT_OUTCOME_CLOSED_CLEAN;
    case CloseOutcome::kTimeout:
      return v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT;
    case CloseOutcome::kAborted:
      return v1::INTERRUPT_OUTCOME_CLOSED_ABORTED;
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

grpc::Status Interruption::Begin(const Registry& registry, const Clock& clock,
                                 const v1::InterruptConnectionRequest& request,
                                 std::unique_ptr<Interruption>* interruption) {
  CloseRequest close(CloseCause::kInterrupted);
  if (grpc::Status status = ParseInterrupt(request, &close); !status.ok()) return status;
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
