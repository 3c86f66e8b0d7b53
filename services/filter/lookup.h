// Which of a filter's equalities the registry's index answers.
#ifndef DRAWBRIDGE_SERVICES_FILTER_LOOKUP_H_
#define DRAWBRIDGE_SERVICES_FILTER_LOOKUP_H_

#include <optional>
#include <vector>

#include "gateway/connections/index.h"
#include "services/filter/predicate.h"

namespace drawbridge {

// Keys of which each matching connection has at least one; others may have them, too.
using Lookup = std::vector<IndexKey>;

// Every lookup that finds all that match, for the caller to choose the cheapest; none where only a look at
// each connection tells.
std::vector<Lookup> LookupsOf(const Predicate& predicate);

// The key that all matching connections have and no others; nullopt unless the filter is a single equality.
std::optional<IndexKey> ExactKeyOf(const Predicate& predicate);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_LOOKUP_H_
