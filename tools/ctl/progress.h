// The progress of a bulk interrupt, as text and as a bar.
#ifndef DRAWBRIDGE_TOOLS_CTL_PROGRESS_H_
#define DRAWBRIDGE_TOOLS_CTL_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "drawbridge/control/v1/control.pb.h"

namespace drawbridge::ctl {

// The number of connections that have ended.
int64_t GoneCount(const control::v1::InterruptConnectionsResponse& progress);

// "600 of 1200: 598 closed clean, 2 timed out". `total` is the number of connections to close.
std::string ProgressText(const control::v1::InterruptConnectionsResponse& progress, int64_t total);

// "[#####-----]  50%  600 of ...", at most `width` columns wide.
std::string ProgressBar(const control::v1::InterruptConnectionsResponse& progress, int64_t total,
                        size_t width);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_PROGRESS_H_
