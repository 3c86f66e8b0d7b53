#include "gateway/connections/registry.h"

#include <string>
#include <string_view>

#include "gateway/base/slab.h"

namespace drawbridge {
namespace {

std::vector<IndexKey> LabelKeys(const AttributesPointer& attributes) {
  std::vector<IndexKey> keys;
  if (attributes == nullptr) return keys;
  for (const auto& [key, value] : attributes->labels) keys.push_back(IndexKey::OfLabel(key, value));
  return keys;
}

}  // namespace

Registration& Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    Reset();
    registry_ = other.registry_;
    connection_ = std::move(other.connection_);
  }
  return *this;
}

void Registration::TellClosing() {
  if (connection_ != nullptr) registry_->events_.Closing(*connection_);
}

void Registration::Reset() {
  if (connection_ != nullptr) registry_->Remove(connection_);
  connection_ = nullptr;
}

Registry::Registry(NodeIdentity node, Options options, const Clock* clock)
    : node_(std::move(node)), clock_(clock), history_(options.history, clock), events_(options.events) {}

Registration Registry::Add(ConnectionInfo info, SendLimits limits, const AttributesPointer& attributes) {
  info.sequence = last_sequence_.fetch_add(1, std::memory_order_relaxed) + 1;
  const std::string id = node_.ConnectionId(info.sequence);
  info.id = id;
  info.create_time = clock_->Steady();
  info.create_wall_time = clock_->ToWall(info.create_time);
  auto connection = std::allocate_shared<Connection>(SlabAllocator<Connection>(), info, limits, attributes);
  const uint64_t sequence = info.sequence;
  if (!info.principal.empty()) index_.Add(IndexKey::OfPrincipal(info.principal), sequence);
  for (const IndexKey& key : LabelKeys(attributes)) index_.Add(key, sequence);
  Shard& shard = ShardOf(sequence);
  {
    MutexLock lock(shard.mu);
    shard.by_sequence.emplace_hint(shard.by_sequence.end(), sequence, connection.get());
  }
  const size_t size = size_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (size > peak_.load(std::memory_order_relaxed)) peak_.store(size, std::memory_order_relaxed);
  events_.Opened(*connection);
  return Registration(this, std::move(connection));
}

void Registry::Remove(const std::shared_ptr<Connection>& connection) {
  connection->Prefetch();
  // Adds to the history first, so that a concurrent Find finds the connection in the map or in the history.
  history_.Add(connection);
  const uint64_t sequence = connection->info().sequence;
  Shard& shard = ShardOf(sequence);
  {
    MutexLock lock(shard.mu);
    shard.by_sequence.erase(sequence);
  }
  size_.fetch_sub(1, std::memory_order_relaxed);
  const std::string_view principal = connection->info().principal;
  if (!principal.empty()) index_.Remove(IndexKey::OfPrincipal(principal), sequence);
  for (const IndexKey& key : LabelKeys(connection->attributes())) index_.Remove(key, sequence);
  events_.Closed(*connection);
}

// Concurrent updates of one connection need no common lock, because the index counts: each version of the
// attributes is added once before it is set and removed once after it is replaced.
bool Registry::Update(Connection& connection, const AttributesPointer& expected,
                      const AttributesPointer& next) {
  const uint64_t sequence = connection.info().sequence;
  for (const IndexKey& key : LabelKeys(next)) index_.Add(key, sequence);
  const bool replaced = connection.ReplaceAttributes(expected, next);
  for (const IndexKey& key : LabelKeys(replaced ? expected : next)) index_.Remove(key, sequence);
  if (replaced) events_.Updated(connection, expected);
  return replaced;
}

std::shared_ptr<Connection> Registry::Find(std::string_view id) const {
  const auto sequence = node_.Sequence(id);
  if (!sequence.has_value()) return nullptr;
  return Find(*sequence);
}

std::shared_ptr<Connection> Registry::Find(uint64_t sequence) const {
  auto listed = FindListed(sequence);
  return listed != nullptr ? listed : history_.Find(sequence);
}

std::shared_ptr<Connection> Registry::FindListed(uint64_t sequence) const {
  const Shard& shard = ShardOf(sequence);
  MutexLock lock(shard.mu);
  const auto found = shard.by_sequence.find(sequence);
  return found == shard.by_sequence.end() ? nullptr : found->second->shared_from_this();
}

}  // namespace drawbridge
