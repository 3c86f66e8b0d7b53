// Walks over the registry in stretches. Each shard contributes a run of consecutive entries, and the stretch
// ends at the lowest sequence at which a run ends.
#include <algorithm>
#include <cstddef>

#include "gateway/connections/registry.h"

namespace drawbridge {
namespace {

// How many entries ahead to prefetch, since most connections are not in the CPU cache.
constexpr size_t kPrefetched = 16;

// The reference count is before the object. The members that filters read most are at its beginning.
void Prefetch(const Connection& connection) {
  const auto* const line = reinterpret_cast<const char*>(&connection);
  __builtin_prefetch(line - 16);
  __builtin_prefetch(line + 64);
}

}  // namespace

// Returns the sequence up to which the run is complete, inclusive.
uint64_t Registry::CopyRun(const Shard& shard, uint64_t after, size_t limit,
                           std::vector<std::shared_ptr<Connection>>* out) {
  MutexLock lock(shard.mu);
  auto next = shard.by_sequence.upper_bound(after);
  const auto end = shard.by_sequence.end();
  auto ahead = next;
  for (size_t i = 0; i < kPrefetched && ahead != end; ++i, ++ahead) Prefetch(*ahead->second);
  for (size_t i = 0; i < limit && next != end; ++i, ++next) {
    if (ahead != end) Prefetch(*(ahead++)->second);
    out->push_back(next->second->shared_from_this());
  }
  return next == end ? Stretch::kEnd : std::prev(next)->first;
}

Stretch Registry::Walk(uint64_t after, size_t size) const {
  // Takes about the same number from each shard, and a few more, since the stretch ends where the first run
  // ends.
  const size_t run = size / kShards + size / (4 * kShards) + 2;
  Stretch stretch;
  stretch.connections.reserve(std::min(run * kShards, this->size() + kShards));
  uint64_t through = Stretch::kEnd;
  for (const Shard& shard : shards_)
    through = std::min(through, CopyRun(shard, after, run, &stretch.connections));
  stretch.EndAt(through);
  return stretch;
}

std::vector<uint64_t> Registry::Sequences(uint64_t after, size_t limit, const IndexKey& key) const {
  if (!key.is_id()) return index_.Find(key, after, limit);
  const auto sequence = node_.Sequence(key.text());
  if (!sequence.has_value() || *sequence <= after) return {};
  return {*sequence};
}

Stretch Registry::Walk(uint64_t after, size_t size, const std::vector<IndexKey>& keys) const {
  Stretch stretch;
  std::vector<uint64_t> sequences;
  for (const IndexKey& key : keys) {
    // One more than `size` shows whether there are others.
    auto found = Sequences(after, size + 1, key);
    if (found.size() > size) {
      found.pop_back();
      stretch.through = std::min(stretch.through, found.back());
    }
    sequences.insert(sequences.end(), found.begin(), found.end());
  }
  std::ranges::sort(sequences);
  sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
  if (sequences.size() > size) {
    sequences.resize(size);
    stretch.through = std::min(stretch.through, sequences.back());
  }
  for (const uint64_t sequence : sequences) {
    if (sequence > stretch.through) break;
    if (auto connection = FindListed(sequence)) stretch.connections.push_back(std::move(connection));
  }
  return stretch;
}

size_t Registry::Count(const std::vector<IndexKey>& keys) const {
  size_t count = 0;
  for (const IndexKey& key : keys) count += key.is_id() ? 1 : index_.Count(key);
  return count;
}

std::vector<std::shared_ptr<Connection>> Registry::Page(uint64_t after, size_t limit) const {
  std::vector<std::shared_ptr<Connection>> page;
  while (page.size() < limit) {
    Stretch stretch = Walk(after, limit - page.size());
    std::ranges::sort(stretch.connections, {}, [](const auto& each) { return each->info().sequence; });
    const size_t taken = std::min(stretch.connections.size(), limit - page.size());
    std::move(stretch.connections.begin(), stretch.connections.begin() + static_cast<std::ptrdiff_t>(taken),
              std::back_inserter(page));
    if (stretch.through == Stretch::kEnd) break;
    after = stretch.through;
  }
  return page;
}

}  // namespace drawbridge
