// Short, rounded texts for numbers.
#ifndef DRAWBRIDGE_TOOLS_CTL_HUMAN_H_
#define DRAWBRIDGE_TOOLS_CTL_HUMAN_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace drawbridge::ctl {

// "7s", "5m12s", "3h04m", "2d03h". A negative age, caused by clock differences between machines, is "0s".
std::string HumanAge(absl::Duration age);
// "340us", "1.2ms", "250ms", "3.5s".
std::string HumanLatency(absl::Duration latency);
// "512", "1.5K", "20M": powers of 1024.
std::string HumanBytes(double bytes);
// "0", "0.4", "12", "1.5k": powers of 1000.
std::string HumanRate(double per_second);
// "1 connection", "2 connections".
std::string Count(int64_t count, const std::string& noun);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_HUMAN_H_
