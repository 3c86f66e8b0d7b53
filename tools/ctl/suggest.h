// What was meant by a mistyped word.
#ifndef DRAWBRIDGE_TOOLS_CTL_SUGGEST_H_
#define DRAWBRIDGE_TOOLS_CTL_SUGGEST_H_

#include <string>
#include <string_view>
#include <vector>

namespace drawbridge::ctl {

// The candidate that `word` begins, or from which it differs by the fewest typing errors: letters that are
// missing, added, wrong or swapped, at most one for each three letters. Empty where there is none.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

// "; did you mean "ls"?", or nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_SUGGEST_H_
