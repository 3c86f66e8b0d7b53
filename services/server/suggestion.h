// Guesses which known name a mistyped one was meant to be.
#ifndef DRAWBRIDGE_SERVICES_SERVER_SUGGESTION_H_
#define DRAWBRIDGE_SERVICES_SERVER_SUGGESTION_H_

#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// The name with the smallest Levenshtein distance from `typed`; empty if that is more than two, or more than
// a third of the length of `typed`.
std::string Suggestion(std::string_view typed, const std::vector<std::string>& names);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_SUGGESTION_H_
