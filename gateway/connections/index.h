// Finds connections by principal or label without a scan of all connections.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_INDEX_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_INDEX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// A key for lookups of connections: an id, a principal that is not empty, or a label and its value.
class IndexKey {
 public:
  static IndexKey OfId(std::string_view id) { return IndexKey(true, std::string(id)); }
  static IndexKey OfPrincipal(std::string_view name) { return IndexKey(false, "=" + std::string(name)); }
  // `key` must not be empty and must not contain `=`.
  static IndexKey OfLabel(std::string_view key, std::string_view value) {
    return IndexKey(false, std::string(key) + "=" + std::string(value));
  }

  bool is_id() const { return is_id_; }
  const std::string& text() const { return text_; }

  friend bool operator==(const IndexKey&, const IndexKey&) = default;

 private:
  IndexKey(bool is_id, std::string text) : is_id_(is_id), text_(std::move(text)) {}

  bool is_id_;
  std::string text_;
};

// Maps keys other than ids to the sequences of the connections that have them. Thread-safe; each call takes
// the lock of one shard once, briefly. A key is removed with its last connection, so the memory is bounded by
// the number of connections and of their labels.
class Index {
 public:
  // A connection may be added under the same key several times. It must then be removed as many times.
  void Add(const IndexKey& key, uint64_t sequence);
  void Remove(const IndexKey& key, uint64_t sequence);

  // The number of connections that have the key.
  size_t Count(const IndexKey& key) const;

  // The `limit` lowest sequences greater than `after`, in ascending order.
  std::vector<uint64_t> Find(const IndexKey& key, uint64_t after, size_t limit) const;

 private:
  static constexpr size_t kShards = 16;
  using Holders = absl::btree_map<uint64_t, uint32_t>;  // sequences, and how many times each was added
  struct alignas(64) Shard {
    mutable Mutex mu;
    absl::flat_hash_map<std::string, Holders> by_key ABSL_GUARDED_BY(mu);
  };

  // Uses the high half of the hash: the map of a shard uses other bits, so its keys still spread evenly.
  static size_t ShardNumber(const IndexKey& key) {
    return (uint64_t{absl::Hash<std::string>()(key.text())} >> 32) % kShards;
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_INDEX_H_
