#include "gateway/connections/address_slots.h"

namespace drawbridge {

// The first 64 bits of an IPv6 address. For IPv4, the last 64 bits of the mapped form, 0:ffff:a.b.c.d: no
// IPv6 address of a client begins with them.
uint64_t AddressKey(const IpAddress& address) {
  uint64_t key = 0;
  const size_t begin = address.is_v4() ? 8 : 0;
  for (size_t i = begin; i < begin + 8; ++i) key = key << 8 | address.bytes()[i];
  return key;
}

void AddressSlot::Release() {
  if (slots_ != nullptr) std::exchange(slots_, nullptr)->Return(key_);
}

std::optional<AddressSlot> AddressSlots::Take(const IpAddress& address) {
  const size_t limit = limit_.load(std::memory_order_relaxed);
  if (limit == 0) return AddressSlot();
  const uint64_t key = AddressKey(address);
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mu);
  size_t& taken = shard.taken[key];
  if (taken >= limit) return std::nullopt;
  ++taken;
  return AddressSlot(this, key);
}

void AddressSlots::Return(uint64_t key) {
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mu);
  const auto found = shard.taken.find(key);
  if (--found->second == 0) shard.taken.erase(found);
}

size_t AddressSlots::size() const {
  size_t total = 0;
  for (const Shard& shard : shards_) {
    MutexLock lock(shard.mu);
    total += shard.taken.size();
  }
  return total;
}

}  // namespace drawbridge
