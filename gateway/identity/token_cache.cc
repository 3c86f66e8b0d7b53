#include "gateway/identity/token_cache.h"

#include <algorithm>
#include <utility>

namespace drawbridge {

TokenCache::TokenCache(size_t capacity) {
  for (size_t i = 0; i < kShards; ++i) shards_.emplace_back(std::max<size_t>(capacity / kShards, 1));
}

IdentityPointer TokenCache::Find(const TokenDigest& digest, const TokenBasis& basis, WallTime now) {
  Shard& shard = ShardOf(digest);
  MutexLock lock(shard.mu);
  const Entry* const entry = shard.entries.Find(digest);
  if (entry == nullptr) return nullptr;
  if (entry->basis == basis && now < entry->identity->attributes->expire_time) return entry->identity;
  shard.entries.Erase(digest);
  return nullptr;
}

void TokenCache::Insert(const TokenDigest& digest, const TokenBasis& basis, IdentityPointer identity) {
  Shard& shard = ShardOf(digest);
  MutexLock lock(shard.mu);
  shard.entries.Insert(digest, {.basis = basis, .identity = std::move(identity)});
}

size_t TokenCache::size() const {
  size_t total = 0;
  for (const Shard& shard : shards_) {
    MutexLock lock(shard.mu);
    total += shard.entries.size();
  }
  return total;
}

}  // namespace drawbridge
