#include "gateway/connections/index.h"

namespace drawbridge {

void Index::Add(const IndexKey& key, uint64_t sequence) {
  Shard& shard = shards_[ShardNumber(key)];
  MutexLock lock(shard.mu);
  ++shard.by_key[key.text()][sequence];
}

void Index::Remove(const IndexKey& key, uint64_t sequence) {
  Shard& shard = shards_[ShardNumber(key)];
  MutexLock lock(shard.mu);
  const auto holders = shard.by_key.find(key.text());
  if (holders == shard.by_key.end()) return;
  const auto holder = holders->second.find(sequence);
  if (holder == holders->second.end() || --holder->second > 0) return;
  holders->second.erase(holder);
  if (holders->second.empty()) shard.by_key.erase(holders);
}

size_t Index::Count(const IndexKey& key) const {
  const Shard& shard = shards_[ShardNumber(key)];
  MutexLock lock(shard.mu);
  const auto holders = shard.by_key.find(key.text());
  return holders == shard.by_key.end() ? 0 : holders->second.size();
}

std::vector<uint64_t> Index::Find(const IndexKey& key, uint64_t after, size_t limit) const {
  std::vector<uint64_t> sequences;
  const Shard& shard = shards_[ShardNumber(key)];
  MutexLock lock(shard.mu);
  const auto holders = shard.by_key.find(key.text());
  if (holders == shard.by_key.end()) return sequences;
  for (auto next = holders->second.upper_bound(after);
       next != holders->second.end() && sequences.size() < limit; ++next) {
    sequences.push_back(next->first);
  }
  return sequences;
}

}  // namespace drawbridge
