// Parses the times and durations of a filter.
#ifndef DRAWBRIDGE_SERVICES_FILTER_TIME_VALUE_H_
#define DRAWBRIDGE_SERVICES_FILTER_TIME_VALUE_H_

#include <chrono>
#include <optional>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// RFC 3339, as in 2026-11-25T08:30:00.5+01:00; T and Z in capitals, no leap second. A time before 1678 or
// after 2262 is clamped to the range of WallTime, which keeps comparisons correct.
std::optional<WallTime> ParseTime(std::string_view text);

// A number, optionally with a minus sign and a fraction, and one of h, m, s, ms, us, ns; at most 100 years of
// 365 days. Digits below one nanosecond are truncated.
std::optional<std::chrono::nanoseconds> ParseDuration(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_TIME_VALUE_H_
