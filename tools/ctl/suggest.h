// Suggests the word that a mistyped word was meant to be.
#ifndef DRAWBRIDGE_TOOLS_CTL_SUGGEST_H_
#define DRAWBRIDGE_TOOLS_CTL_SUGGEST_H_

#include <string>
#include <string_view>
#include <vector>

namespace drawbridge::ctl {

// Returns the candidate that starts with `word`, or else the one with the fewest typing errors: missing,
// added, wrong or swapped letters, at most one error per three letters. Empty if there is none.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

// "; did you mean "ls"?", or an empty string.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_SUGGEST_H_
