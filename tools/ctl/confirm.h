// Asks the user to confirm an action that cannot be undone.
#ifndef DRAWBRIDGE_TOOLS_CTL_CONFIRM_H_
#define DRAWBRIDGE_TOOLS_CTL_CONFIRM_H_

#include <string>

namespace drawbridge::ctl {

// Whether a user can be asked: standard input and standard error are terminals.
bool CanAsk();

// Writes the question to standard error and reads a line from standard input. Returns true only for "y" and
// "yes". Blocks.
bool Confirm(const std::string& question);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_CONFIRM_H_
