// How a session ends: whatever the cause, by the close frame or without one, and in any case in time.
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "gateway/connections/end_log.h"
#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// For a client that goes on sending behind its close frame. An interrupt may be answered so much later, but
// not later than its grace allows.
constexpr std::chrono::milliseconds kLinger{250};

}  // namespace

// For an end that comes from the client or from a limit; an interrupt that came first stands.
void Session::Close(CloseRequest request) {
  on_stop_.reset();  // needs no post from here
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

// A later request has shortened the one that the closing began with.
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

// Everything up to the close frame is with the kernel. A client that answered is done. One that violated the
// protocol before has until the end of the grace to end the connection itself.
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

// What arrives behind the client's close frame is read and dropped for a moment, or until the client ends the
// connection. While something is unread, or where something comes later, close() makes the kernel send a
// reset instead of an end, and the client may lose the close frame to it.
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

// To those who ask while the closing is under way, when there is something new.
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
  // An interrupt that came first stands and would say goodbye, but there is nobody left to hear it.
  if (phase_ == Phase::kOpen) Close(CloseRequest(cause));
  End(lingers() ? AnsweredOutcome() : CloseOutcome::kAborted);
}

void Session::End(CloseOutcome outcome) {
  if (phase_ == Phase::kEnded) return;
  Dismantle(outcome);
  thread_.Release(*this);
}

// The order makes "it is gone" true: the descriptor is closed, the connection unlisted, then whoever waits is
// told.
void Session::Dismantle(CloseOutcome outcome) {
  phase_ = Phase::kEnded;
  on_stop_.reset();
  // The close frame is the last of all: while anything is left here, it was not sent.
  const bool close_unsent = !close_sent_ && (sending() || !thread_.write_buffer().empty());
  const size_t unwritten = thread_.write_buffer().marks().size();
  thread_.write_buffer().Clear();
  thread_.poller().Forget(this);
  const auto request = connection_->close_request();
  // An abort that came too late to have ended the closing does not take the close frame back.
  if (request->abort && outcome == CloseOutcome::kAborted) {
    link_.Reset();
  } else {
    link_.Close();
  }
  slot_.Release();
  address_slot_.Release();

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
