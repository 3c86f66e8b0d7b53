// Finds the equalities of a filter that the registry's index can answer.
#ifndef DRAWBRIDGE_SERVICES_FILTER_LOOKUP_H_
#define DRAWBRIDGE_SERVICES_FILTER_LOOKUP_H_

#include <optional>
#include <vector>

#include "gateway/connections/index.h"
#include "services/filter/predicate.h"

namespace drawbridge {

// Index keys of which each matching connection has at least one. Other connections may have them too.
using Lookup = std::vector<IndexKey>;

// All lookups that find every matching connection; the caller chooses the cheapest. Empty if each connection
// must be examined.
std::vector<Lookup> LookupsOf(const Predicate& predicate);

// The key that all matching connections have and no others; nullopt unless the filter is a single equality.
std::optional<IndexKey> ExactKeyOf(const Predicate& predicate);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_LOOKUP_H_
