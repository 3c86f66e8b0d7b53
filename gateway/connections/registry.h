// The concurrent map from id to Connection, and the memory of those that ended lately.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_REGISTRY_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_REGISTRY_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/attributes.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/events.h"
#include "gateway/connections/history.h"
#include "gateway/connections/index.h"
#include "gateway/connections/stretch.h"

namespace drawbridge {

class Registry;

// Keeps one connection listed; unlists it when it dies. The registry must outlive it. Not thread-safe;
// movable.
class Registration {
 public:
  Registration() = default;
  Registration(Registry* registry, std::shared_ptr<Connection> connection)
      : registry_(registry), connection_(std::move(connection)) {}
  Registration(Registration&& other) noexcept = default;
  Registration& operator=(Registration&& other) noexcept;
  ~Registration() { Reset(); }

  const std::shared_ptr<Connection>& connection() const { return connection_; }

  // To be called once its closing is irrevocable, before Reset: whoever watches is told.
  void TellClosing();

  // Unlists now. From its return on, no list of open connections and no page contains it.
  void Reset();

 private:
  Registry* registry_ = nullptr;
  std::shared_ptr<Connection> connection_;  // null: nothing to unlist
};

// Thread-safe. Each call takes one shard's lock at a time, briefly, and calls nobody under it.
class Registry {
 public:
  struct Options {
    History::Options history;
    Events::Options events;
  };

  // `clock` must outlive the registry.
  Registry(NodeIdentity node, Options options, const Clock* clock);

  const NodeIdentity& node() const { return node_; }

  // Lists a connection under an id never used before; what the info says of id, sequence and times does
  // not count.
  [[nodiscard]] Registration Add(ConnectionInfo info, SendLimits limits = {});

  // The open or closing connection of this id, or the recently closed one; null where there is neither.
  std::shared_ptr<Connection> Find(std::string_view id) const;
  std::shared_ptr<Connection> Find(uint64_t sequence) const;

  // What becomes of connections, in order. Recorded by the functions here and by Registration.
  Events& events() { return events_; }
  const Events& events() const { return events_; }

  // Makes them the connection's attributes, and keeps the index true. False, and nothing changes, where they
  // are no longer `expected` or the connection is no longer open.
  bool Update(Connection& connection, const AttributesPointer& expected, const AttributesPointer& next);

  // A walk over the listed connections by age: `after` is 0 at first, then where the last stretch ended.
  // Whoever is listed during a whole walk is in it exactly once. A stretch is of about `size` connections; it
  // may be empty and not the last. Whoever ends meanwhile may be in it though ended.
  Stretch Walk(uint64_t after, size_t size) const;
  // The same of those who have one of the keys.
  Stretch Walk(uint64_t after, size_t size, const std::vector<IndexKey>& keys) const;
  // The same of those who ended lately. Whoever takes a stretch of the listed first and then this one misses
  // nobody who ends in between, and may have him twice.
  Stretch WalkClosed(uint64_t after, size_t size) const { return history_.Walk(after, size); }

  // How many of the listed have one of the keys, or a little more: what the second walk costs.
  size_t Count(const std::vector<IndexKey>& keys) const;

  // The oldest `limit` listed connections behind `after`, oldest first; fewer where there are no more. Walks
  // as above, with the last sequence of the page before for `after`.
  std::vector<std::shared_ptr<Connection>> Page(uint64_t after, size_t limit) const;

  // Connections ever listed.
  uint64_t opened() const { return last_sequence_.load(std::memory_order_relaxed); }
  // Those that ended and are remembered, or due to be forgotten.
  size_t history_size() const { return history_.size(); }
  // Listed connections.
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // The most of them at once, roughly, since the last call. For one caller.
  size_t TakePeak() { return peak_.exchange(size(), std::memory_order_relaxed); }

 private:
  friend class Registration;

  // Sequences are dealt to the shards in turn, so neighbours in age never meet at a lock.
  static constexpr size_t kShards = 16;
  // Whoever is listed is kept alive by its registration.
  using Map = absl::btree_map<uint64_t, Connection*>;
  struct alignas(64) Shard {
    mutable Mutex mu;
    Map by_sequence ABSL_GUARDED_BY(mu);
  };
  Shard& ShardOf(uint64_t sequence) { return shards_[sequence % kShards]; }
  const Shard& ShardOf(uint64_t sequence) const { return shards_[sequence % kShards]; }
  void Remove(const std::shared_ptr<Connection>& connection);
  std::shared_ptr<Connection> FindListed(uint64_t sequence) const;
  static uint64_t CopyRun(const Shard& shard, uint64_t after, size_t limit,
                          std::vector<std::shared_ptr<Connection>>* out);
  std::vector<uint64_t> Sequences(uint64_t after, size_t limit, const IndexKey& key) const;

  const NodeIdentity node_;
  const Clock* const clock_;
  std::atomic<uint64_t> last_sequence_ = 0;
  std::atomic<size_t> size_ = 0;
  std::atomic<size_t> peak_ = 0;
  std::array<Shard, kShards> shards_;
  // Whoever is listed is in it, and for a moment before and after that. Principals and labels.
  Index index_;
  History history_;
  Events events_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_REGISTRY_H_
