// Limits the number of open sockets per client address.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_ADDRESS_SLOTS_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_ADDRESS_SLOTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "gateway/base/ip_address.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

class AddressSlots;

// A number for the address, with which all addresses of an IPv6 /64 count as one: a client usually controls a
// whole /64.
uint64_t AddressKey(const IpAddress& address);

// Counts one socket for its address until it is destroyed or released. Not thread-safe; movable. May be
// empty.
class AddressSlot {
 public:
  AddressSlot() = default;
  AddressSlot(AddressSlots* slots, uint64_t key) : slots_(slots), key_(key) {}
  AddressSlot(AddressSlot&& other) noexcept
      : slots_(std::exchange(other.slots_, nullptr)), key_(other.key_) {}
  AddressSlot& operator=(AddressSlot&& other) noexcept {
    Release();
    slots_ = std::exchange(other.slots_, nullptr);
    key_ = other.key_;
    return *this;
  }
  ~AddressSlot() { Release(); }

  void Release();

 private:
  AddressSlots* slots_ = nullptr;
  uint64_t key_ = 0;
};

// Thread-safe. Must outlive its slots. Stores only addresses that have a slot, so its memory is bounded by
// the number of sockets.
class AddressSlots {
 public:
  // `limit`: sockets per address; 0: no limit, and sockets are not counted.
  explicit AddressSlots(size_t limit) : limit_(limit) {}

  // Applies to later calls of Take. A socket accepted while the limit was 0 stays uncounted.
  void set_limit(size_t limit) { limit_.store(limit, std::memory_order_relaxed); }

  // nullopt where the address has reached the limit. Counts by AddressKey.
  std::optional<AddressSlot> Take(const IpAddress& address);

  // The number of addresses that have a slot.
  size_t size() const;

 private:
  friend class AddressSlot;
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    mutable Mutex mu;
    absl::flat_hash_map<uint64_t, size_t> taken ABSL_GUARDED_BY(mu);
  };

  void Return(uint64_t key);
  Shard& ShardOf(uint64_t key) { return shards_[absl::Hash<uint64_t>()(key) % kShards]; }

  std::atomic<size_t> limit_;
  std::array<Shard, kShards> shards_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_ADDRESS_SLOTS_H_
