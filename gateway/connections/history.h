// Keeps recently ended connections, so that a request for one can report when, why and at whose request it
// ended.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_HISTORY_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_HISTORY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/stretch.h"

namespace drawbridge {

// Thread-safe; holds its lock briefly. When it is full, the oldest entry is removed.
class History {
 public:
  struct Options {
    size_t capacity = 10'000;
    std::chrono::nanoseconds keep = std::chrono::minutes(5);
  };

  // `clock` must outlive the history.
  History(Options options, const Clock* clock);

  // Also removes entries older than `keep`.
  void Add(const std::shared_ptr<Connection>& connection);

  // Null where no connection with this sequence ended within `keep`, or where it was removed to make room.
  std::shared_ptr<Connection> Find(uint64_t sequence) const;

  // Includes entries older than `keep` that the next Add removes.
  size_t size() const;

  // The entries with the `limit` lowest sequences greater than `after`.
  Stretch Walk(uint64_t after, size_t limit) const;

 private:
  bool IsKept(const Connection& connection) const;

  struct Entry {
    SteadyTime forget_time;
    uint64_t sequence;
    std::shared_ptr<Connection> connection;
  };

  const Options options_;
  const Clock* const clock_;

  mutable Mutex mu_;
  std::deque<Entry> oldest_first_ ABSL_GUARDED_BY(mu_);
  absl::btree_map<uint64_t, Connection*> by_sequence_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_HISTORY_H_
