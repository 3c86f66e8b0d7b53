#include "tools/ctl/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace drawbridge::ctl {
namespace {

// At most three digits, then the letter of the power. `letters` begins with the letter of the first power.
std::string Scaled(double value, double base, std::string_view letters) {
  size_t power = 0;
  // A value that rounds up to the next power is written with that power.
  for (; power < letters.size() && std::round(value) >= base; ++power) value /= base;
  const std::string letter = power == 0 ? "" : std::string(1, letters[power - 1]);
  const bool one_digit = value < 9.95 && std::abs(value - std::round(value)) >= 0.05;
  return fmt::format(fmt::runtime(one_digit ? "{:.1f}{}" : "{:.0f}{}"), value, letter);
}

}  // namespace

std::string HumanAge(absl::Duration age) {
  const int64_t seconds = std::max<int64_t>(absl::ToInt64Seconds(age), 0);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d{:02}h", seconds / 86'400, seconds / 3600 % 24);
}

std::string HumanLatency(absl::Duration latency) {
  const double us = std::max(absl::ToDoubleMicroseconds(latency), 0.0);
  if (std::round(us) < 1000) return Scaled(us, 1e9, "") + "us";
  if (std::round(us / 1e3) < 1000) return Scaled(us / 1e3, 1e9, "") + "ms";
  return Scaled(us / 1e6, 1e9, "") + "s";
}

std::string HumanBytes(double bytes) { return Scaled(bytes, 1024, "KMGTPE"); }

std::string HumanRate(double per_second) { return Scaled(std::max(per_second, 0.0), 1000, "kMG"); }

std::string Count(int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace drawbridge::ctl
