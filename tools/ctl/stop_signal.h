// ^C as an event, for what should stop in good order instead of being killed.
#ifndef DRAWBRIDGE_TOOLS_CTL_STOP_SIGNAL_H_
#define DRAWBRIDGE_TOOLS_CTL_STOP_SIGNAL_H_

#include <atomic>
#include <functional>
#include <thread>

namespace drawbridge::ctl {

// Calls `stop` on a thread of its own at the first SIGINT or SIGTERM; a second one kills the process as
// usual. One at a time in a process.
class StopSignal {
 public:
  explicit StopSignal(std::function<void()> stop);
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  // Afterwards `stop` is not called and not being called.
  ~StopSignal();

  bool came() const { return came_; }

 private:
  std::atomic<bool> came_ = false;
  std::thread waiting_;
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_STOP_SIGNAL_H_
