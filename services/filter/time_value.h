// Times and durations as a filter writes them.
#ifndef DRAWBRIDGE_SERVICES_FILTER_TIME_VALUE_H_
#define DRAWBRIDGE_SERVICES_FILTER_TIME_VALUE_H_

#include <chrono>
#include <optional>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// RFC 3339, as in 2026-11-25T08:30:00.5+01:00; T and Z in capitals, no leap second. A time before 1678 or
// after 2262 becomes the first or last that WallTime holds, which compares as it should.
std::optional<WallTime> ParseTime(std::string_view text);

// A number, perhaps with a fraction and a sign, and one of h, m, s, ms, us, ns; at most 100 years of 365
// days. What is finer than a nanosecond is cut off.
std::optional<std::chrono::nanoseconds> ParseDuration(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_TIME_VALUE_H_
