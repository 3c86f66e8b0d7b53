// The concurrent map from id to Connection, including recently ended connections.
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

// Keeps one connection listed until it is destroyed. The registry must outlive it. Not thread-safe; movable.
class Registration {
 public:
  Registration() = default;
  Registration(Registry* registry, std::shared_ptr<Connection> connection)
      : registry_(registry), connection_(std::move(connection)) {}
  Registration(Registration&& other) noexcept = default;
  Registration& operator=(Registration&& other) noexcept;
  ~Registration() { Reset(); }

  const std::shared_ptr<Connection>& connection() const { return connection_; }

  // Records the event that the connection is closing. Call it before Reset, when the closing is irrevocable.
  void TellClosing();

  // Unlists the connection. A walk or page that begins after this returns does not contain it.
  void Reset();

 private:
  Registry* registry_ = nullptr;
  std::shared_ptr<Connection> connection_;  // null: nothing to unlist
};

// Thread-safe. Each call holds at most one shard's lock at a time, briefly, and runs no callback under it.
class Registry {
 public:
  struct Options {
    History::Options history;
    Events::Options events;
  };

  // `clock` must outlive the registry.
  Registry(NodeIdentity node, Options options, const Clock* clock);

  const NodeIdentity& node() const { return node_; }

  // Creates a connection with a new id and lists it. Ignores id, sequence and times of `info` and sets its
  // own. The connection has `attributes` from its opening on; several connections may share one object.
  [[nodiscard]] Registration Add(ConnectionInfo info, SendLimits limits = {},
                                 const AttributesPointer& attributes = nullptr);

  // The open, closing or recently closed connection with this id or sequence. Null where there is none.
  std::shared_ptr<Connection> Find(std::string_view id) const;
  std::shared_ptr<Connection> Find(uint64_t sequence) const;

  // The changes of connections, in order. Registry and Registration record them.
  Events& events() { return events_; }
  const Events& events() const { return events_; }

  // Replaces the attributes of the connection by `next` and updates the index. Returns false and changes
  // nothing where the attributes are no longer `expected` or the connection is no longer open.
  bool Update(Connection& connection, const AttributesPointer& expected, const AttributesPointer& next);

  // Walks the listed connections by age. `after` is 0 for the first stretch, then Stretch::through of the
  // previous one. A connection that is listed during the whole walk is in it exactly once. A connection that
  // ends during the walk may be in it. A stretch has about `size` connections; it may be empty without being
  // the last.
  Stretch Walk(uint64_t after, size_t size) const;
  // The same for the connections that have at least one of the keys. A superset: it may contain connections
  // that no longer have the key.
  Stretch Walk(uint64_t after, size_t size, const std::vector<IndexKey>& keys) const;
  // The same for recently ended connections. A caller that takes a stretch of the listed connections first
  // and then this one misses no connection that ends in between, but may get it twice.
  Stretch WalkClosed(uint64_t after, size_t size) const { return history_.Walk(after, size); }

  // An upper bound of the number of listed connections with one of the keys: the cost of a walk by keys.
  size_t Count(const std::vector<IndexKey>& keys) const;

  // The oldest `limit` listed connections with a sequence greater than `after`, oldest first; fewer where
  // there are no more. For the next page, pass the last sequence of this one as `after`.
  std::vector<std::shared_ptr<Connection>> Page(uint64_t after, size_t limit) const;

  // The number of connections listed since the start.
  uint64_t opened() const { return last_sequence_.load(std::memory_order_relaxed); }
  // The number of ended connections in memory, including expired entries that are not removed yet.
  size_t history_size() const { return history_.size(); }
  // The number of listed connections.
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // The approximate maximum of size() since the last call, which resets it. For one caller.
  size_t TakePeak() { return peak_.exchange(size(), std::memory_order_relaxed); }

 private:
  friend class Registration;

  // Consecutive sequences belong to different shards, so connections opened together use different locks.
  static constexpr size_t kShards = 16;
  // Plain pointers: its Registration keeps a listed connection alive.
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
  // Principals and labels. A connection is added before it is listed and removed after it is unlisted.
  Index index_;
  History history_;
  Events events_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_REGISTRY_H_
