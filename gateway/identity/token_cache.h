// Remembers the tokens that were verified, so that a reconnect costs no signature.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_CACHE_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/lru_map.h"
#include "gateway/base/mutex.h"
#include "gateway/base/token_digest.h"
#include "gateway/identity/client_identity.h"

namespace drawbridge {

// What a verification depended on besides the token. A change of either ends its validity.
struct TokenBasis {
  uint64_t keys = 0;            // Keys::generation
  const void* rules = nullptr;  // the TokenRules; their address is never used for others later
  friend bool operator==(const TokenBasis&, const TokenBasis&) = default;
};

// Thread-safe. Each call takes the lock of one of 16 shards for less than a microsecond.
class TokenCache {
 public:
  static constexpr size_t kCapacity = 100'000;  // about 50 MB with tokens of few labels

  // At the bound the tokens that were not used for longest are forgotten, and are verified again.
  explicit TokenCache(size_t capacity = kCapacity);

  // The identity of a token that was verified on the same basis and has not expired at `now`; else null.
  IdentityPointer Find(const TokenDigest& digest, const TokenBasis& basis, WallTime now);
  void Insert(const TokenDigest& digest, const TokenBasis& basis, IdentityPointer identity);

  // Counts those that have expired and are not removed yet.
  size_t size() const;

 private:
  static constexpr size_t kShards = 16;
  struct Entry {
    TokenBasis basis;
    IdentityPointer identity;
  };
  struct alignas(64) Shard {
    explicit Shard(size_t capacity) : entries(capacity) {}
    mutable Mutex mu;
    LruMap<TokenDigest, Entry> entries ABSL_GUARDED_BY(mu);
  };
  Shard& ShardOf(const TokenDigest& digest) { return shards_[digest.back() % kShards]; }

  std::deque<Shard> shards_;  // a vector would have to move them
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_CACHE_H_
