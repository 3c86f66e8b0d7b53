// Remembers how the last connections ended, so that "it is gone" can be answered with when, why and by whom.
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

// Thread-safe; never blocks. At its bound the oldest entry is forgotten.
class History {
 public:
  struct Options {
    size_t capacity = 10'000;
    std::chrono::nanoseconds keep = std::chrono::minutes(5);
  };

  // `clock` must outlive the history.
  History(Options options, const Clock* clock);

  void Add(const std::shared_ptr<Connection>& connection);

  // Null where no connection of this sequence ended within the time kept.
  std::shared_ptr<Connection> Find(uint64_t sequence) const;

  size_t size() const;

  // Those of the lowest `limit` sequences over `after`.
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
