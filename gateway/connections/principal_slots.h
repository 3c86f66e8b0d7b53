// Limits the number of connections per principal.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_PRINCIPAL_SLOTS_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_PRINCIPAL_SLOTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

class PrincipalSlots;

// Counts one connection for its principal until it is destroyed or released. Not thread-safe; movable. May be
// empty. A pointer in size, since each session has one.
class PrincipalSlot {
 public:
  // A principal that has slots. For PrincipalSlots only.
  struct Holder {
    PrincipalSlots* slots;
    std::string principal;
    size_t taken = 0;  // guarded by the shard of the principal
  };

  PrincipalSlot() = default;
  explicit PrincipalSlot(Holder* holder) : holder_(holder) {}
  PrincipalSlot(PrincipalSlot&& other) noexcept : holder_(std::exchange(other.holder_, nullptr)) {}
  PrincipalSlot& operator=(PrincipalSlot&& other) noexcept {
    Release();
    holder_ = std::exchange(other.holder_, nullptr);
    return *this;
  }
  ~PrincipalSlot() { Release(); }

  void Release();

 private:
  Holder* holder_ = nullptr;
};

// Thread-safe. Must outlive its slots. Stores only principals that have a slot, so its memory is bounded by
// the number of connections.
class PrincipalSlots {
 public:
  // `limit`: connections per principal; 0: no limit, and connections are not counted.
  explicit PrincipalSlots(size_t limit) : limit_(limit) {}

  // Applies to later calls of Take and TakeAnyway. A connection of a time when the limit was 0 stays
  // uncounted.
  void set_limit(size_t limit) { limit_.store(limit, std::memory_order_relaxed); }

  // nullopt where the principal has reached the limit. A connection without a principal is not counted.
  std::optional<PrincipalSlot> Take(std::string_view principal);
  // Takes a slot also beyond the limit. Sets `beyond` to whether the principal now has more than the limit.
  PrincipalSlot TakeAnyway(std::string_view principal, bool* beyond);

  // The number of principals that have a slot.
  size_t size() const;

 private:
  friend class PrincipalSlot;
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    mutable Mutex mu;
    absl::flat_hash_map<std::string, std::unique_ptr<PrincipalSlot::Holder>> holders ABSL_GUARDED_BY(mu);
  };

  PrincipalSlot TakeIn(Shard& shard, std::string_view principal) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mu);
  void Return(PrincipalSlot::Holder* holder);
  Shard& ShardOf(std::string_view principal) {
    return shards_[absl::Hash<std::string_view>()(principal) % kShards];
  }

  std::atomic<size_t> limit_;
  std::array<Shard, kShards> shards_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_PRINCIPAL_SLOTS_H_
