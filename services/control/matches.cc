#include "services/control/matches.h"

#include <algorithm>
#include <utility>

namespace drawbridge {
namespace {

// The texts of a connection are not stored in it and are rarely in the CPU cache. The texts of this many
// connections are prefetched ahead of the one that is examined.
constexpr size_t kPrefetched = 16;

// The lookup that finds the fewest connections; null if there is none.
const Lookup* Cheapest(const Registry& registry, const std::vector<Lookup>& lookups) {
  const auto cheapest =
      std::ranges::min_element(lookups, {}, [&](const Lookup& each) { return registry.Count(each); });
  return cheapest == lookups.end() ? nullptr : &*cheapest;
}

}  // namespace

std::optional<size_t> KnownCount(const Registry& registry, const Filter& filter) {
  if (filter.is_all()) return registry.size();
  const auto& key = filter.exact_key();
  if (!key.has_value()) return std::nullopt;
  if (!key->is_id()) return registry.Count({*key});
  // Find also returns recently closed connections.
  const auto found = registry.Find(key->text());
  return found != nullptr && found->state() != ConnectionState::kClosed ? 1 : 0;
}

Matches::Matches(const Registry& registry, const Filter& filter, const Clock& clock,
                 const MatchOptions& options)
    : registry_(registry),
      filter_(filter),
      context_(registry.node().node_id(), clock),
      created_by_(options.created_by),
      show_closed_(options.show_closed),
      lookup_(options.use_index ? Cheapest(registry, filter.lookups()) : nullptr),
      after_(options.after) {}

Stretch Matches::Take(size_t size) const {
  Stretch stretch =
      lookup_ == nullptr ? registry_.Walk(after_, size) : registry_.Walk(after_, size, *lookup_);
  // In this order, so that a connection that moves to the history in between is found.
  if (show_closed_) stretch.Add(registry_.WalkClosed(after_, size));
  return stretch;
}

std::vector<std::shared_ptr<Connection>> Matches::Next(size_t size) {
  Stretch stretch = Take(size);
  after_ = stretch.through;
  auto& found = stretch.connections;
  size_t ahead = std::min(kPrefetched, found.size());
  for (size_t i = 0; i < ahead; ++i) found[i]->PrefetchTexts();
  std::erase_if(found, [&, this](const auto& each) {
    if (ahead < found.size()) found[ahead++]->PrefetchTexts();
    return each->info().create_time > created_by_ || !filter_.Matches(*each, context_);
  });
  std::ranges::sort(found, {}, [](const auto& each) { return each->info().sequence; });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return std::move(found);
}

}  // namespace drawbridge
