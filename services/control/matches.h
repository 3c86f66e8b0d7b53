// Walks the connections that match a filter: by the registry's index where the filter has an equality that is
// in it, else by a look at each.
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
  uint64_t after = 0;                         // sequences over this one
  SteadyTime created_by = SteadyTime::max();  // who came later does not match
  bool show_closed = false;                   // those of the history, too
  bool use_index = true;                      // false: a look at each, whatever the filter says
};

// How many listed connections match, where that is known without a look at each: for `*` and for a single
// equality that is in the index. nullopt otherwise. Thread-safe; takes one lock briefly.
std::optional<size_t> KnownCount(const Registry& registry, const Filter& filter);

// Not thread-safe; the registry, the filter and the clock must outlive it. Never makes the data plane wait:
// it holds no lock between calls, and one shard's for a moment during one. Whoever is listed during the whole
// walk and matches is met exactly once; with `show_closed`, whether or not he ends meanwhile.
class Matches {
 public:
  Matches(const Registry& registry, const Filter& filter, const Clock& clock, const MatchOptions& options);

  // The next ones, oldest first, out of about `size` that are looked at; perhaps none, and not the end.
  std::vector<std::shared_ptr<Connection>> Next(size_t size);

  // Everybody with a sequence up to this one was met or does not match.
  uint64_t after() const { return after_; }
  bool done() const { return after_ == Stretch::kEnd; }

 private:
  Stretch Take(size_t size) const;

  const Registry& registry_;
  const Filter& filter_;
  const FilterContext context_;
  const SteadyTime created_by_;
  const bool show_closed_;
  const Lookup* lookup_ = nullptr;  // null: a look at each
  uint64_t after_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_MATCHES_H_
