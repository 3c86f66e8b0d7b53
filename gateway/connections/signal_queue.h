// Connections for which others have left something, on their way to the one I/O thread of their sessions.
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

// Thread-safe. One ring wakes the thread for all that gathers until it comes to look. Bounded by the number
// of connections, each of which is in it at most once.
class SignalQueue {
 public:
  // `ring` wakes the thread. Called by whoever pushes, under no lock.
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

  // At most `limit` of those that have waited longest. `more`: there are others, for which nobody rings.
  std::vector<std::shared_ptr<Connection>> Take(size_t limit, bool* more) {
    std::vector<std::shared_ptr<Connection>> taken;
    MutexLock lock(mu_);
    for (; taken.size() < limit && !waiting_.empty(); waiting_.pop_front()) {
      taken.push_back(std::move(waiting_.front()));
    }
    *more = rung_ = !waiting_.empty();
    return taken;
  }

  // How often it has rung.
  uint64_t rings() const { return rings_.load(std::memory_order_relaxed); }

 private:
  const std::function<void()> ring_;
  std::atomic<uint64_t> rings_ = 0;
  Mutex mu_;
  std::deque<std::shared_ptr<Connection>> waiting_ ABSL_GUARDED_BY(mu_);
  bool rung_ ABSL_GUARDED_BY(mu_) = false;  // the thread will come to look
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_SIGNAL_QUEUE_H_
