// A terminal taken over for pictures that replace each other, and given back whatever happens.
#ifndef DRAWBRIDGE_TOOLS_CTL_FULL_SCREEN_H_
#define DRAWBRIDGE_TOOLS_CTL_FULL_SCREEN_H_

#include <string>

#include "absl/time/time.h"

namespace drawbridge::ctl {

// On the standard input and output, which are both a terminal. One at a time in a process, not thread-safe.
// SIGINT (^C), SIGTERM, SIGHUP and SIGQUIT give the terminal back first and then end the process as usual.
class FullScreen {
 public:
  FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;
  ~FullScreen();

  // Lines that replace what is there.
  void Draw(const std::string& lines);

  enum class Event { kTime, kQuit, kResized };
  // Waits for `time`, for "q" or the end of the input, or until the window has another size.
  Event Wait(absl::Time until);
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_FULL_SCREEN_H_
