#include "gateway/connections/connection.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace drawbridge {

bool Connection::Interrupt(CloseRequest request) {
  {
    MutexLock lock(mu_);
    if (closing_ != nullptr) return false;
    closing_ = std::make_unique<Closing>(Closing{.request = std::move(request), .result = std::nullopt});
    state_.store(ConnectionState::kClosing, std::memory_order_release);
  }
  stop_.request_stop();  // runs the session's callback, so not under the lock
  return true;
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
