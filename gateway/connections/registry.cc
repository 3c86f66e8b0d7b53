#include "gateway/connections/registry.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "gateway/base/slab.h"

namespace drawbridge {

Registration& Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    Reset();
    registry_ = other.registry_;
    connection_ = std::move(other.connection_);
  }
  return *this;
}

void Registration::Reset() {
  if (connection_ != nullptr) registry_->Remove(std::move(connection_));
  connection_ = nullptr;
}

Registry::Registry(NodeIdentity node, Options options, const Clock* clock)
    : node_(std::move(node)), clock_(clock), history_(options.history, clock) {}

Registration Registry::Add(ConnectionInfo info) {
  info.sequence = last_sequence_.fetch_add(1, std::memory_order_relaxed) + 1;
  info.id = node_.ConnectionId(info.sequence);
  info.create_time = clock_->Steady();
  auto connection = std::allocate_shared<Connection>(SlabAllocator<Connection>(), std::move(info));
  const uint64_t sequence = connection->info().sequence;
  Shard& shard = ShardOf(sequence);
  {
    MutexLock lock(shard.mu);
    shard.by_sequence.emplace_hint(shard.by_sequence.end(), sequence, connection);
  }
  const size_t size = size_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (size > peak_.load(std::memory_order_relaxed)) peak_.store(size, std::memory_order_relaxed);
  return Registration(this, std::move(connection));
}

void Registry::Remove(std::shared_ptr<Connection> connection) {
  const uint64_t sequence = connection->info().sequence;
  // Into the history first: whoever asks for the id at any moment finds it in the one or in the other.
  history_.Add(std::move(connection));
  Shard& shard = ShardOf(sequence);
  {
    MutexLock lock(shard.mu);
    const auto found = shard.by_sequence.find(sequence);
    connection = std::move(found->second);  // keeps it alive until the lock is released
    shard.by_sequence.erase(found);
  }
  size_.fetch_sub(1, std::memory_order_relaxed);
}

std::shared_ptr<Connection> Registry::Find(std::string_view id) const {
  const auto sequence = node_.Sequence(id);
  if (!sequence.has_value()) return nullptr;
  const Shard& shard = ShardOf(*sequence);
  {
    MutexLock lock(shard.mu);
    const auto found = shard.by_sequence.find(*sequence);
    if (found != shard.by_sequence.end()) return found->second;
  }
  return history_.Find(*sequence);
}

// The connections of one shard in order, copied out a chunk at a time.
class Registry::Run {
 public:
  Run(const Shard& shard, uint64_t after, size_t chunk) : shard_(shard), after_(after), chunk_(chunk) {
    Refill();
  }

  bool empty() const { return next_ == connections_.size(); }
  uint64_t sequence() const { return connections_[next_]->info().sequence; }

  std::shared_ptr<Connection> Take() {
    after_ = sequence();
    auto taken = std::move(connections_[next_++]);
    if (empty()) Refill();
    return taken;
  }

 private:
  void Refill() {
    connections_.clear();
    next_ = 0;
    connections_.reserve(chunk_);
    MutexLock lock(shard_.mu);
    auto from = shard_.by_sequence.upper_bound(after_);
    for (; from != shard_.by_sequence.end() && connections_.size() < chunk_; ++from) {
      connections_.push_back(from->second);
    }
  }

  const Shard& shard_;
  uint64_t after_;
  const size_t chunk_;
  std::vector<std::shared_ptr<Connection>> connections_;
  size_t next_ = 0;
};

std::vector<std::shared_ptr<Connection>> Registry::Page(uint64_t after, size_t limit) const {
  // A page takes about the same from each shard; a quarter more, and most need no second look.
  const size_t chunk = limit / kShards + limit / (4 * kShards) + 2;
  std::vector<Run> runs;
  runs.reserve(kShards);
  for (const Shard& shard : shards_) {
    if (Run run(shard, after, chunk); !run.empty()) runs.push_back(std::move(run));
  }
  // A heap with the oldest of all on top.
  const auto younger = [](const Run* a, const Run* b) { return a->sequence() > b->sequence(); };
  std::vector<Run*> heap;
  heap.reserve(kShards);
  for (Run& run : runs) heap.push_back(&run);
  std::ranges::make_heap(heap, younger);

  std::vector<std::shared_ptr<Connection>> page;
  page.reserve(std::min(limit, size()));
  while (page.size() < limit && !heap.empty()) {
    std::ranges::pop_heap(heap, younger);
    page.push_back(heap.back()->Take());
    if (heap.back()->empty()) {
      heap.pop_back();
    } else {
      std::ranges::push_heap(heap, younger);
    }
  }
  return page;
}

}  // namespace drawbridge
