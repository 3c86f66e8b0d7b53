#include "gateway/connections/connection.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace drawbridge {

bool Connection::Interrupt(CloseRequest request) {
  if (Begin(&request)) return true;
  {
    MutexLock lock(mu_);
    if (closing_->ended || !closing_->request.ShortenBy(request)) return false;
  }
  Signal();
  return false;
}

bool Connection::BeginClosing(CloseRequest request) { return Begin(&request); }

bool Connection::Begin(CloseRequest* request) {
  {
    MutexLock lock(mu_);
    if (closing_ != nullptr) return false;
    closing_ = std::make_unique<Closing>(std::move(*request));
    state_.store(ConnectionState::kClosing, std::memory_order_release);
  }
  stop_.request_stop();  // not under the lock, since it runs the session's callback
  return true;
}

SendStatus Connection::Send(OutboundMessage&& message) {
  const size_t cost = Outbox::CostOf(message);
  SendStatus status = SendStatus::kQueued;
  bool to_be_signalled = false;
  {
    MutexLock lock(mu_);
    status = Judge(cost);
    if (status == SendStatus::kQueued) {
      traffic_.send_queue_messages.Add(1);
      traffic_.send_queue_bytes.Add(static_cast<int64_t>(cost));
      if (limits_.budget != nullptr) limits_.budget->Add(Outbox::kOverhead);
      if (outbox_ == nullptr) outbox_ = std::make_unique<Outbox>();
      outbox_->Push(std::move(message));
    } else {
      to_be_signalled = Refuse(status, cost);
    }
  }
  if (status == SendStatus::kQueued || to_be_signalled) Signal();
  return status;
}

SendStatus Connection::Judge(size_t cost) const {
  if (closing_ != nullptr) return SendStatus::kClosing;
  if (cost > limits_.queue_bytes) return SendStatus::kTooLarge;
  const uint64_t waiting = traffic_.send_queue_bytes.Get();
  if (waiting + cost > limits_.queue_bytes) return SendStatus::kFull;
  if (limits_.budget != nullptr && !limits_.budget->HasRoom(Outbox::kOverhead, waiting == 0))
    return SendStatus::kNodeFull;
  return SendStatus::kQueued;
}

// Records the refusal. Returns whether to signal the session: true for the first refusal since there was
// room.
bool Connection::Refuse(SendStatus status, size_t cost) {
  if (status != SendStatus::kFull && status != SendStatus::kNodeFull) return false;
  const bool by_node = status == SendStatus::kNodeFull;
  if (limits_.budget != nullptr) limits_.budget->CountRefused(by_node);
  if (by_node && traffic_.send_queue_bytes.Get() == 0) return false;  // this client is not slow
  const auto refused = by_node ? std::numeric_limits<uint32_t>::max() : static_cast<uint32_t>(cost);
  return refused_bytes_.exchange(refused, std::memory_order_relaxed) == 0;
}

bool Connection::LacksRoom() {
  uint32_t refused = refused_bytes_.load(std::memory_order_relaxed);
  while (refused != 0) {
    const uint64_t waiting = traffic_.send_queue_bytes.Get();
    if (waiting != 0 && waiting + refused > limits_.queue_bytes) return true;
    // Fails where Send refused another message meanwhile. Send has not signalled that one, so check again.
    if (refused_bytes_.compare_exchange_weak(refused, 0, std::memory_order_relaxed)) return false;
  }
  return false;
}

// Pushes outside `mu_`, since the queue has its own lock.
void Connection::Signal() {
  SignalQueue* signals = nullptr;
  {
    MutexLock lock(mu_);
    if (signals_ == nullptr || std::exchange(signalled_, true)) return;
    signals = signals_;
  }
  signals->Push(shared_from_this());
}

void Connection::Attach(SignalQueue* signals, SignalTarget* target) {
  target_ = target;
  MutexLock lock(mu_);
  signals_ = signals;
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
  taken = outbox_->Take(bytes);
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
  if (closing_ == nullptr || !closing_->ended) return std::nullopt;
  return closing_->result;
}

CloseResult Connection::close_progress() const {
  MutexLock lock(mu_);
  return closing_ == nullptr ? CloseResult() : closing_->result;
}

void Connection::ShowClosing(CloseResult so_far) {
  MutexLock lock(mu_);
  closing_->result = std::move(so_far);
}

AttributesPointer Connection::attributes() const {
  MutexLock lock(mu_);
  return attributes_;
}

bool Connection::ReplaceAttributes(const AttributesPointer& expected, AttributesPointer next) {
  {
    MutexLock lock(mu_);
    if (closing_ != nullptr || attributes_ != expected) return false;
    attributes_.swap(next);  // `next` destroys the old ones after the lock is released
  }
  Signal();  // the session reads the new expiry
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
    result = closing_->result;
  }
  waiter(result);
  return 0;
}

void Connection::Forget(uint64_t handle) {
  Waiting forgotten;  // destroyed after the lock is released, since a waiter may own any object
  MutexLock lock(mu_);
  const auto found = std::ranges::find(waiting_, handle, &Waiting::handle);
  if (found == waiting_.end()) return;
  forgotten = std::move(*found);
  waiting_.erase(found);
}

void Connection::RecordEnd(CloseResult result) {
  MutexLock lock(mu_);
  closing_->result = std::move(result);
  closing_->ended = true;
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
    result = closing_->result;
  }
  for (const Waiting& each : waiting) each.waiter(result);
}

}  // namespace drawbridge
