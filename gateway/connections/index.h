// Finds connections by an equality without a look at each of them.
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

// What connections may be looked up by: their id, a principal that is not empty, or a label with its value.
class IndexKey {
 public:
  static IndexKey OfId(std::string_view id) { return IndexKey(true, std::string(id)); }
  static IndexKey OfPrincipal(std::string_view name) { return IndexKey(false, "=" + std::string(name)); }
  // The key has no `=` in it, nor is it empty.
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

// From keys other than ids to the sequences of those who have them. Thread-safe; each call takes one shard's
// lock once, briefly. Bounded by whoever adds: a key is forgotten with the last that has it.
class Index {
 public:
  // A connection may be added under the same key again; it then has to be removed as often.
  void Add(const IndexKey& key, uint64_t sequence);
  void Remove(const IndexKey& key, uint64_t sequence);

  // How many have the key.
  size_t Count(const IndexKey& key) const;

  // The lowest `limit` sequences over `after`.
  std::vector<uint64_t> Find(const IndexKey& key, uint64_t after, size_t limit) const;

 private:
  static constexpr size_t kShards = 16;
  using Holders = absl::btree_map<uint64_t, uint32_t>;  // sequences, and how often each was added
  struct alignas(64) Shard {
    mutable Mutex mu;
    absl::flat_hash_map<std::string, Holders> by_key ABSL_GUARDED_BY(mu);
  };

  // Other bits of the hash than the maps inside go by.
  static size_t ShardNumber(const IndexKey& key) {
    return (uint64_t{absl::Hash<std::string>()(key.text())} >> 32) % kShards;
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_INDEX_H_
