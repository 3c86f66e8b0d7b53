// Asks before something is done that cannot be undone.
#ifndef DRAWBRIDGE_TOOLS_CTL_CONFIRM_H_
#define DRAWBRIDGE_TOOLS_CTL_CONFIRM_H_

#include <string>

namespace drawbridge::ctl {

// Whether there is somebody to ask.
bool CanAsk();

// Asks on the standard error and reads a line of the standard input; only "y" and "yes" are a yes. Blocks.
bool Confirm(const std::string& question);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_CONFIRM_H_
