#include "gateway/connections/connection.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace drawbridge {

bool Connection::Interrupt(CloseRequest request) {
  {
    MutexLock lock(mu_);
    if (closing_ != nullptr) return false;
    closing_ = std::make_unique<Closing>(std::move(request));
    state_.store(ConnectionState::kClosing, std::memory_order_release);
  }
  stop_.request_stop();  // runs the session's callback, so not under the lock
  return true;
}

SendStatus Connection::Send(OutboundMessage&& message) {
  {
    MutexLock lock(mu_);
    if (closing_ != nullptr) return SendStatus::kClosing;
    if (traffic_.send_queue_bytes.Get() > send_queue_bytes_) return SendStatus::kFull;
    traffic_.send_queue_messages.Add(1);
    traffic_.send_queue_bytes.Add(static_cast<int64_t>(Outbox::CostOf(message)));
    if (outbox_ == nullptr) outbox_ = std::make_unique<Outbox>();
    outbox_->Push(std::move(message));
  }
  Signal();
  return SendStatus::kQueued;
}

// Not under the lock: the queue has one of its own.
void Connection::Signal() {
  SignalQueue* signals = nullptr;
  {
    MutexLock lock(mu_);
    if (signals_ == nullptr || std::exchange(signalled_, true)) return;
    signals = signals_;
  }
  signals->Push(shared_from_this());
}

void Connection::Attach(SignalQueue* signals, SignalTarget* target, size_t send_queue_bytes) {
  target_ = target;
  MutexLock lock(mu_);
  signals_ = signals;
  send_queue_bytes_ = send_queue_bytes;
}

void Connection::Detach() {
  target_ = nullptr;
  MutexLock lock(mu_);
  signals_ = nullptr;
}

void Connection::DeliverSignal() {
  {
    MutexLock lock(mu_);
    signalled_ = false;
  }
  if (target_ != nullptr) target_->OnSignal();
}

std::vector<OutboundMessage> Connection::TakeOutbox(size_t bytes, bool* more) {
  std::vector<OutboundMessage> taken;
  std::unique_ptr<Outbox> emptied;  // destroyed after the lock is released
  MutexLock lock(mu_);
  *more = false;
  if (outbox_ == nullptr) return taken;
  const size_t before = outbox_->bytes();
  taken = outbox_->Take(bytes);
  traffic_.send_queue_messages.Add(-static_cast<int64_t>(taken.size()));
  traffic_.send_queue_bytes.Add(-static_cast<int64_t>(before - outbox_->bytes()));
  *more = !outbox_->empty();
  if (!*more) emptied = std::move(outbox_);
  return taken;
}

std::optional<CloseRequest> Connection::close_request() const {
  MutexLock lock(mu_);
  if (closing_ == nullptr) return std::nullopt;
  return closing_->request;
}

std::optional<CloseResult> Connection::close_result() const {
  MutexLock lock(mu_);
  if (closing_ == nullptr) return std::nullopt;
  return closing_->result;
}

AttributesPointer Connection::attributes() const {
  MutexLock lock(mu_);
  return attributes_;
}

bool Connection::ReplaceAttributes(const AttributesPointer& expected, AttributesPointer next) {
  {
    MutexLock lock(mu_);
    if (closing_ != nullptr || attributes_ != expected) return false;
    attributes_.swap(next);  // the old ones die after the lock
  }
  Signal();  // the session looks at its expiry
  return true;
}

uint64_t Connection::WhenClosed(Waiter waiter) {
  CloseResult result;
  {
    MutexLock lock(mu_);
    const uint64_t handle = ++last_handle_;
    if (closing_ == nullptr || !closing_->told) {
      waiting_.push_back({handle, std::move(waiter)});
      return handle;
    }
    result = *closing_->result;
  }
  waiter(result);
  return 0;
}

void Connection::Forget(uint64_t handle) {
  Waiting forgotten;  // declared before the lock, so destroyed after it: a waiter may own anything
  MutexLock lock(mu_);
  const auto found = std::ranges::find(waiting_, handle, &Waiting::handle);
  if (found == waiting_.end()) return;
  forgotten = std::move(*found);
  waiting_.erase(found);
}

void Connection::RecordEnd(CloseResult result) {
  MutexLock lock(mu_);
  closing_->result = std::move(result);
  state_.store(ConnectionState::kClosed, std::memory_order_release);
}

void Connection::TellWaiters() {
  std::vector<Waiting> waiting;
  CloseResult result;
  {
    MutexLock lock(mu_);
    closing_->told = true;
    if (waiting_.empty()) return;
    waiting.swap(waiting_);
    result = *closing_->result;
  }
  for (const Waiting& each : waiting) each.waiter(result);
}

}  // namespace drawbridge
