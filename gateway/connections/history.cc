#include "gateway/connections/history.h"

#include <utility>
#include <vector>

namespace drawbridge {
namespace {

// How many entries ahead to prefetch. A connection that is removed was not used for long, so it is not
// cached.
constexpr size_t kPrefetched = 8;

}  // namespace

History::History(Options options, const Clock* clock) : options_(options), clock_(clock) {}

void History::Add(const std::shared_ptr<Connection>& connection) {
  if (options_.capacity == 0) return;
  const SteadyTime now = clock_->Steady();
  std::vector<std::shared_ptr<Connection>> forgotten;  // destroyed after the lock is released
  MutexLock lock(mu_);
  while (!oldest_first_.empty() &&
         (oldest_first_.size() >= options_.capacity || oldest_first_.front().forget_time <= now)) {
    by_sequence_.erase(oldest_first_.front().sequence);
    forgotten.push_back(std::move(oldest_first_.front().connection));
    oldest_first_.pop_front();
    if (oldest_first_.size() > kPrefetched) oldest_first_[kPrefetched].connection->Prefetch();
  }
  const uint64_t sequence = connection->info().sequence;
  by_sequence_[sequence] = connection.get();
  oldest_first_.push_back({now + options_.keep, sequence, connection});
}

std::shared_ptr<Connection> History::Find(uint64_t sequence) const {
  std::shared_ptr<Connection> connection;
  {
    MutexLock lock(mu_);
    const auto found = by_sequence_.find(sequence);
    if (found == by_sequence_.end()) return nullptr;
    connection = found->second->shared_from_this();
  }
  return IsKept(*connection) ? connection : nullptr;
}

bool History::IsKept(const Connection& connection) const {
  const auto result = connection.close_result();
  return !result.has_value() || result->close_time + options_.keep > clock_->Steady();
}

size_t History::size() const {
  MutexLock lock(mu_);
  return oldest_first_.size();
}

Stretch History::Walk(uint64_t after, size_t limit) const {
  Stretch stretch;
  {
    MutexLock lock(mu_);
    auto next = by_sequence_.upper_bound(after);
    for (; next != by_sequence_.end() && stretch.connections.size() < limit; ++next) {
      stretch.connections.push_back(next->second->shared_from_this());
    }
    if (next != by_sequence_.end()) stretch.through = stretch.connections.back()->info().sequence;
  }
  std::erase_if(stretch.connections, [this](const auto& connection) { return !IsKept(*connection); });
  return stretch;
}

}  // namespace drawbridge
