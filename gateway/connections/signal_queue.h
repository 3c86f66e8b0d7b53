// The queue of connections that an I/O thread must process because other threads have changed them.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_SIGNAL_QUEUE_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_SIGNAL_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

class Connection;

// Thread-safe. The I/O thread is woken once for all connections that are pushed before it calls Take. A
// connection is in the queue at most once, so its size is bounded by the number of connections.
class SignalQueue {
 public:
  // `ring` wakes the I/O thread. Push calls it on the pushing thread, without a lock held.
  explicit SignalQueue(std::function<void()> ring) : ring_(std::move(ring)) {}

  void Push(std::shared_ptr<Connection> connection) {
    {
      MutexLock lock(mu_);
      waiting_.push_back(std::move(connection));
      if (std::exchange(rung_, true)) return;
    }
    rings_.fetch_add(1, std::memory_order_relaxed);
    ring_();
  }

  // Takes the oldest entries, at most `limit`. Sets `more` to whether others are left: the caller must call
  // Take again for them, since `ring` is not called until the queue is empty.
  std::vector<std::shared_ptr<Connection>> Take(size_t limit, bool* more) {
    std::vector<std::shared_ptr<Connection>> taken;
    MutexLock lock(mu_);
    for (; taken.size() < limit && !waiting_.empty(); waiting_.pop_front()) {
      taken.push_back(std::move(waiting_.front()));
    }
    *more = rung_ = !waiting_.empty();
    return taken;
  }

  // The number of calls of `ring`.
  uint64_t rings() const { return rings_.load(std::memory_order_relaxed); }

 private:
  const std::function<void()> ring_;
  std::atomic<uint64_t> rings_ = 0;
  Mutex mu_;
  std::deque<std::shared_ptr<Connection>> waiting_ ABSL_GUARDED_BY(mu_);
  bool rung_ ABSL_GUARDED_BY(mu_) = false;  // the I/O thread will call Take
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_SIGNAL_QUEUE_H_
