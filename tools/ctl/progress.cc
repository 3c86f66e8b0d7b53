#include "tools/ctl/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tools/ctl/printable.h"

namespace drawbridge::ctl {

using control::v1::InterruptConnectionsResponse;

int64_t GoneCount(const InterruptConnectionsResponse& progress) {
  return progress.closed_clean_count() + progress.closed_timeout_count() + progress.closed_aborted_count() +
         progress.closed_rejected_count() + progress.already_closed_count();
}

std::string ProgressText(const InterruptConnectionsResponse& progress, int64_t total) {
  const std::array<std::pair<int64_t, const char*>, 5> parts{{
      {progress.closed_clean_count(), "closed clean"},
      {progress.closed_timeout_count(), "timed out"},
      {progress.closed_aborted_count(), "aborted"},
      {progress.closed_rejected_count(), "rejected"},
      {progress.already_closed_count(), "already closed"},
  }};
  std::string text = fmt::format("{} of {}", GoneCount(progress), total);
  const char* separator = ": ";
  for (const auto& [count, what] : parts) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, what);
    separator = ", ";
  }
  return text;
}

std::string ProgressBar(const InterruptConnectionsResponse& progress, int64_t total, size_t width) {
  constexpr size_t kMarks = 30;
  const double part =
      total <= 0
          ? 1.0
          : std::clamp(static_cast<double>(GoneCount(progress)) / static_cast<double>(total), 0.0, 1.0);
  // Rounded down, so that the bar is full only when all have ended.
  const auto marks = static_cast<size_t>(part * kMarks);
  return Shorten(fmt::format("[{}{}] {:3}%  {}", std::string(marks, '#'), std::string(kMarks - marks, '-'),
                             static_cast<int>(part * 100), ProgressText(progress, total)),
                 width);
}

}  // namespace drawbridge::ctl
