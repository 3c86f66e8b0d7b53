// Full-screen drawing on a terminal, which is restored on destruction and on signals.
#ifndef DRAWBRIDGE_TOOLS_CTL_FULL_SCREEN_H_
#define DRAWBRIDGE_TOOLS_CTL_FULL_SCREEN_H_

#include <string>

#include "absl/time/time.h"

namespace drawbridge::ctl {

// Standard input and standard output must both be a terminal. At most one per process; not thread-safe.
// SIGINT (^C), SIGTERM, SIGHUP and SIGQUIT first restore the terminal and then end the process as usual.
class FullScreen {
 public:
  FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;
  ~FullScreen();

  // Replaces the contents of the screen with `lines`.
  void Draw(const std::string& lines);

  enum class Event { kTime, kQuit, kResized };
  // Blocks until the time `until`, until "q" or the end of the input, or until the window is resized.
  Event Wait(absl::Time until);
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_FULL_SCREEN_H_
