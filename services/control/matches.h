// Walks the connections that match a filter. Uses the registry's index if the filter has an indexed equality,
// otherwise examines each connection.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_MATCHES_H_
#define DRAWBRIDGE_SERVICES_CONTROL_MATCHES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "services/filter/filter.h"

namespace drawbridge {

struct MatchOptions {
  uint64_t after = 0;                         // only larger sequences match
  SteadyTime created_by = SteadyTime::max();  // later connections do not match
  bool show_closed = false;                   // includes those of the history
  bool use_index = true;                      // false: examines each connection
};

// The number of listed connections that match, if it is known without examining each: for `*` and for a
// single indexed equality. nullopt otherwise. Thread-safe; takes one lock briefly.
std::optional<size_t> KnownCount(const Registry& registry, const Filter& filter);

// Not thread-safe. The registry, the filter and the clock must outlive it. Never makes the data plane wait:
// it holds no lock between calls, and the lock of one shard briefly during a call. A connection that matches
// and is listed during the whole walk is returned exactly once; with `show_closed` also if it ends meanwhile.
class Matches {
 public:
  Matches(const Registry& registry, const Filter& filter, const Clock& clock, const MatchOptions& options);

  // The next matches, oldest first, among about `size` examined connections. May be empty before the end.
  std::vector<std::shared_ptr<Connection>> Next(size_t size);

  // Every connection with a sequence up to this one was returned or does not match.
  uint64_t after() const { return after_; }
  bool done() const { return after_ == Stretch::kEnd; }

 private:
  Stretch Take(size_t size) const;

  const Registry& registry_;
  const Filter& filter_;
  const FilterContext context_;
  const SteadyTime created_by_;
  const bool show_closed_;
  const Lookup* lookup_ = nullptr;  // null: examines each connection
  uint64_t after_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_MATCHES_H_
