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
#include "gateway/connections/connection.h"
#include "gateway/connections/history.h"

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
  };

  // `clock` must outlive the registry.
  Registry(NodeIdentity node, Options options, const Clock* clock);

  const NodeIdentity& node() const { return node_; }

  // Lists a connection under an id never used before; fills in the info's id, sequence and create_time.
  [[nodiscard]] Registration Add(ConnectionInfo info);

  // The open or closing connection of this id, or the recently closed one; null where there is neither.
  std::shared_ptr<Connection> Find(std::string_view id) const;

  // The oldest `limit` listed connections whose sequence is over `after`, oldest first. Whoever is listed
  // during a whole walk (`after` being the last sequence of the page before, 0 at first) is in it exactly
  // once.
  std::vector<std::shared_ptr<Connection>> Page(uint64_t after, size_t limit) const;

  // Listed connections.
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  // The most of them at once, roughly, since the last call. For one caller.
  size_t TakePeak() { return peak_.exchange(size(), std::memory_order_relaxed); }

 private:
  friend class Registration;

  // Sequences are dealt to the shards in turn, so neighbours in age never meet at a lock.
  static constexpr size_t kShards = 16;
  using Map = absl::btree_map<uint64_t, std::shared_ptr<Connection>>;
  struct alignas(64) Shard {
    mutable Mutex mu;
    Map by_sequence ABSL_GUARDED_BY(mu);
  };
  class Run;

  Shard& ShardOf(uint64_t sequence) { return shards_[sequence % kShards]; }
  const Shard& ShardOf(uint64_t sequence) const { return shards_[sequence % kShards]; }
  void Remove(std::shared_ptr<Connection> connection);

  const NodeIdentity node_;
  const Clock* const clock_;
  std::atomic<uint64_t> last_sequence_ = 0;
  std::atomic<size_t> size_ = 0;
  std::atomic<size_t> peak_ = 0;
  std::array<Shard, kShards> shards_;
  History history_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_REGISTRY_H_
