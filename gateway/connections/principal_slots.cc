#include "gateway/connections/principal_slots.h"

namespace drawbridge {

void PrincipalSlot::Release() {
  if (holder_ == nullptr) return;
  Holder* const holder = std::exchange(holder_, nullptr);
  holder->slots->Return(holder);
}

std::optional<PrincipalSlot> PrincipalSlots::Take(std::string_view principal) {
  const size_t limit = limit_.load(std::memory_order_relaxed);
  if (limit == 0 || principal.empty()) return PrincipalSlot();
  Shard& shard = ShardOf(principal);
  MutexLock lock(shard.mu);
  const auto found = shard.holders.find(std::string(principal));
  if (found != shard.holders.end() && found->second->taken >= limit) return std::nullopt;
  return TakeIn(shard, principal);
}

PrincipalSlot PrincipalSlots::TakeAnyway(std::string_view principal, bool* beyond) {
  const size_t limit = limit_.load(std::memory_order_relaxed);
  *beyond = false;
  if (limit == 0 || principal.empty()) return {};
  Shard& shard = ShardOf(principal);
  MutexLock lock(shard.mu);
  PrincipalSlot slot = TakeIn(shard, principal);
  *beyond = shard.holders.find(std::string(principal))->second->taken > limit;
  return slot;
}

PrincipalSlot PrincipalSlots::TakeIn(Shard& shard, std::string_view principal) {
  auto& holder = shard.holders[std::string(principal)];
  if (holder == nullptr) {
    holder = std::make_unique<PrincipalSlot::Holder>(
        PrincipalSlot::Holder{.slots = this, .principal = std::string(principal)});
  }
  ++holder->taken;
  return PrincipalSlot(holder.get());
}

void PrincipalSlots::Return(PrincipalSlot::Holder* holder) {
  Shard& shard = ShardOf(holder->principal);
  MutexLock lock(shard.mu);
  if (--holder->taken != 0) return;
  const auto found = shard.holders.find(holder->principal);
  shard.holders.erase(found);  // destroys the holder
}

size_t PrincipalSlots::size() const {
  size_t total = 0;
  for (const Shard& shard : shards_) {
    MutexLock lock(shard.mu);
    total += shard.holders.size();
  }
  return total;
}

}  // namespace drawbridge
