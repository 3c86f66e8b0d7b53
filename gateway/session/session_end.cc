// How a session ends: with or without a close frame, and always within a bounded time.
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "gateway/connections/end_log.h"
#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// How long a client may go on sending after its close frame. This delays the answer to an interrupt by at
// most as much, and not beyond its grace.
constexpr std::chrono::milliseconds kLinger{250};

}  // namespace

// For an end caused by the client or by a limit. An interrupt that came first stays the cause.
void Session::Close(CloseRequest request) {
  on_stop_.reset();  // from here on a request to close needs no post
  connection_->BeginClosing(std::move(request));
  StartClosing();
}

void Session::StartClosing() {
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kClosing;
  on_stop_.reset();
  connection_->MarkCloseArrived();
  registration_.TellClosing();
  if (result_ == nullptr) result_ = std::make_unique<CloseResult>();
  const CloseRequest request = *connection_->close_request();
  // It has left its place to a newer connection. Otherwise, while its client does not answer, each further
  // connection of the principal would replace one that is within the limit.
  if (request.cause == CloseCause::kReplaced) principal_slot_.Release();
  if (request.abort || request.code == 0) return End(CloseOutcome::kAborted);

  if (request.drop_pending) {
    DropPending();
  } else {
    TakeOutbox(Outbox::kAll);
  }
  CountQueue();
  AppendFrame(thread_.write_buffer(), Opcode::kClose, ClosePayload(request.code, request.reason));
  result_->sent_code = request.code;
  result_->sent_reason = request.reason;
  grace_end_ = thread_.now() + request.grace;
  Arm();
}

// Applies a later request that has shortened the closing.
void Session::ShortenClosing() {
  const CloseRequest request = *connection_->close_request();
  if (request.abort) return End(lingers() ? AnsweredOutcome() : CloseOutcome::kAborted);
  if (request.drop_pending) DropPending();
  grace_end_ = std::min(grace_end_, thread_.now() + request.grace);
  Arm();
}

void Session::DropPending() {
  result_->dropped_messages += DropOutbox();
  if (queue_ == nullptr) return;
  result_->dropped_messages += queue_->DropMessages();
  WatchQueue();
  if (queue_->empty()) queue_.reset();
}

void Session::AdvanceClosing() {
  close_sent_ = close_sent_ || !sending();
  if (close_sent_) FinishClosing();
  if (phase_ != Phase::kEnded) ShowClosing();
}

// The kernel has accepted everything up to the close frame. A client that has answered is done. One that has
// violated the protocol may end the connection itself until the end of the grace.
void Session::FinishClosing() {
  if (!answered()) {
    if (deaf_) ShutdownWrite();
  } else if (may_send_more_ || link_.has_unread()) {
    Linger();
  } else {
    End(AnsweredOutcome());
  }
}

CloseOutcome Session::AnsweredOutcome() const {
  const bool rejected = rejected_ || RefusesClose(result_->sent_code, result_->received_code);
  return rejected ? CloseOutcome::kRejected : CloseOutcome::kClean;
}

// Reads and drops what arrives after the client's close frame, for kLinger or until the client ends the
// connection. If data is unread at close(), or arrives later, the kernel sends a reset instead of a FIN, and
// the client may lose the close frame.
void Session::Linger() {
  if (write_shut_) return;
  may_send_more_ = true;
  ShutdownWrite();
  grace_end_ = std::min(grace_end_, thread_.now() + kLinger);
  Arm();
}

void Session::ShutdownWrite() {
  if (!write_shut_) link_.ShutdownWrite();
  write_shut_ = true;
}

// Shows the progress of the closing to readers of the connection, if it has changed.
void Session::ShowClosing() {
  constexpr uint8_t kSent = 1;
  constexpr uint8_t kReceived = 2;
  const auto seen =
      static_cast<uint8_t>((close_sent_ ? kSent : 0) | (result_->received_code != 0 ? kReceived : 0));
  if (std::exchange(shown_, seen) == seen) return;
  CloseResult so_far = *result_;
  if (!close_sent_) so_far.ClearSent();
  connection_->ShowClosing(std::move(so_far));
}

void Session::PeerGone(CloseCause cause) {
  // An interrupt that came first stays the cause. Its close frame is not sent, since the peer is gone.
  if (phase_ == Phase::kOpen) Close(CloseRequest(cause));
  End(lingers() ? AnsweredOutcome() : CloseOutcome::kAborted);
}

void Session::End(CloseOutcome outcome) {
  if (phase_ == Phase::kEnded) return;
  Dismantle(outcome);
  thread_.Release(*this);
}

// In this order, so that the connection is gone when a waiting caller learns of it: the descriptor is closed,
// the connection is unlisted, then the waiting callers are notified.
void Session::Dismantle(CloseOutcome outcome) {
  phase_ = Phase::kEnded;
  on_stop_.reset();
  // The close frame is the last one: if anything is unsent, so is the close frame.
  const bool close_unsent = !close_sent_ && (sending() || !thread_.write_buffer().empty());
  const size_t unwritten = thread_.write_buffer().marks().size();
  thread_.write_buffer().Clear();
  thread_.poller().Forget(this);
  const auto request = connection_->close_request();
  // A reset may discard the close frame, so an abort that came too late to end the closing causes none.
  if (request->abort && outcome == CloseOutcome::kAborted) {
    link_.Reset();
  } else {
    link_.Close();
  }
  slot_.Release();
  address_slot_.Release();
  principal_slot_.Release();

  CloseResult result = result_ == nullptr ? CloseResult() : std::move(*result_);
  result.outcome = outcome;
  if (close_unsent) result.ClearSent();
  result.close_time = thread_.clock().Steady();
  connection_->Detach();
  result.dropped_messages += unwritten + DropOutbox();
  if (queue_ != nullptr) result.dropped_messages += queue_->messages();
  queue_.reset();
  connection_->traffic().send_queue_messages.Clear();
  connection_->traffic().send_queue_bytes.Clear();
  CountQueue();
  CountOwn();
  thread_.counters().Closed(request->cause, result.sent_code);
  if (request->cause == CloseCause::kInterrupted) {
    thread_.counters().Interrupted(outcome);
    if (request->accept_time != SteadyTime()) {
      thread_.counters().interrupt_times().Observe(result.close_time - request->accept_time);
    }
  }
  connection_->RecordEnd(std::move(result));
  registration_.Reset();
  connection_->TellWaiters();
  LogEnd(*connection_, thread_.now());
}

}  // namespace drawbridge
