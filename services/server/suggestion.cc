#include "services/server/suggestion.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace drawbridge {
namespace {

// The Levenshtein distance, computed with one row of its table at a time.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Suggestion(std::string_view typed, const std::vector<std::string>& names) {
  constexpr size_t kLongest = 100;  // no name is longer, and the time is quadratic
  if (typed.size() > kLongest) return "";
  size_t best = std::min<size_t>(2, typed.size() / 3) + 1;
  std::string found;
  for (const std::string& name : names) {
    if (const size_t distance = Distance(typed, name); distance < best) {
      best = distance;
      found = name;
    }
  }
  return found;
}

}  // namespace drawbridge
