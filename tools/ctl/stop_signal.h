// Delivers ^C as a callback, for commands that must stop cleanly.
#ifndef DRAWBRIDGE_TOOLS_CTL_STOP_SIGNAL_H_
#define DRAWBRIDGE_TOOLS_CTL_STOP_SIGNAL_H_

#include <atomic>
#include <functional>
#include <thread>

namespace drawbridge::ctl {

// Calls `stop` on its own thread at the first SIGINT or SIGTERM. A second signal ends the process as usual.
// At most one per process.
class StopSignal {
 public:
  explicit StopSignal(std::function<void()> stop);
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  // Blocks while `stop` is running. `stop` is not called afterwards.
  ~StopSignal();

  bool came() const { return came_; }

 private:
  std::atomic<bool> came_ = false;
  std::thread waiting_;
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_STOP_SIGNAL_H_
