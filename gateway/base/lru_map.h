// A map of bounded size that drops what was not used for longest.
#ifndef DRAWBRIDGE_GATEWAY_BASE_LRU_MAP_H_
#define DRAWBRIDGE_GATEWAY_BASE_LRU_MAP_H_

#include <cstddef>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace drawbridge {

// Not thread-safe. Pointers to values are valid until the value is erased or dropped.
template <typename Key, typename Value>
class LruMap {
 public:
  // `capacity`: at least 1. At the bound an insertion drops the value that was not used for longest.
  explicit LruMap(size_t capacity) : capacity_(capacity) {}

  // Null if there is none. Counts as a use.
  Value* Find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  // Replaces the value of the key.
  Value& Insert(const Key& key, Value value) {
    Erase(key);
    if (places_.size() == capacity_) Erase(Key(entries_.back().first));
    entries_.emplace_front(key, std::move(value));
    places_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  void Erase(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    entries_.erase(found->second);
    places_.erase(found);
  }

  size_t size() const { return places_.size(); }

 private:
  using Entries = std::list<std::pair<const Key, Value>>;

  const size_t capacity_;
  Entries entries_;  // the last used first
  absl::flat_hash_map<Key, typename Entries::iterator> places_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_LRU_MAP_H_
