// One coarse timer for all deadlines of a thread. Setting or moving a deadline costs a few instructions and
// no system call.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_DEADLINE_WHEEL_H_
#define DRAWBRIDGE_GATEWAY_SESSION_DEADLINE_WHEEL_H_

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>

#include "gateway/base/clock.h"
#include "gateway/session/event_target.h"

namespace drawbridge {

// Not thread-safe. A deadline never fires early. It fires at most one tick late, plus the lag of the thread.
// Each target has one deadline; a target that is destroyed leaves the wheel by itself.
class DeadlineWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{100};

  explicit DeadlineWheel(SteadyTime now) : start_(now) {}

  // Sets or moves the deadline of `target`.
  void Set(EventTarget& target, SteadyTime when);

  // Calls OnDeadline of all targets that are due. A target may set deadlines meanwhile, including its own.
  void Advance(SteadyTime now);

 private:
  static constexpr uint64_t kSlots = 512;  // 51 s a revolution; later deadlines stay for more than one
  using Slot = boost::intrusive::list<EventTarget, boost::intrusive::base_hook<DeadlineHook>,
                                      boost::intrusive::constant_time_size<false>>;

  void Turn();
  void Insert(EventTarget& target);

  const SteadyTime start_;
  uint64_t current_tick_ = 0;  // all deadlines up to here have fired
  std::array<Slot, kSlots> slots_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_DEADLINE_WHEEL_H_
