// Renders the result of a walk for `top`.
#ifndef DRAWBRIDGE_TOOLS_CTL_TOP_VIEW_H_
#define DRAWBRIDGE_TOOLS_CTL_TOP_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tools/ctl/ranking.h"
#include "tools/ctl/terminal.h"

namespace drawbridge::ctl {

struct TopPicture {
  absl::Time time;
  std::string by;
  size_t count = 0;  // number of connections
  uint64_t queued_bytes = 0;
  Rates total;
  std::vector<Ranked> rows;
};

// Returns a summary line and a table.
std::string Draw(const TopPicture& picture, const Look& look);

// Returns the first lines, as many as fit on a screen with `rows` rows.
std::string Fit(const std::string& lines, size_t rows);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TOP_VIEW_H_
