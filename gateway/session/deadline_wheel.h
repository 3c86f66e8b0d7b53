// One coarse timer for all deadlines of a thread: setting and moving one costs a few instructions and no
// system call.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_DEADLINE_WHEEL_H_
#define DRAWBRIDGE_GATEWAY_SESSION_DEADLINE_WHEEL_H_

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>

#include "gateway/base/clock.h"
#include "gateway/session/event_target.h"

namespace drawbridge {

// Not thread-safe. A deadline fires never early and at most one tick, plus the lag of the thread, late. Each
// target has one deadline; a target that dies leaves the wheel by itself.
class DeadlineWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{100};

  explicit DeadlineWheel(SteadyTime now) : start_(now) {}

  // Sets or moves the deadline of `target`.
  void Set(EventTarget& target, SteadyTime when);

  // Calls OnDeadline for all that is due. Targets may set deadlines, their own too, meanwhile.
  void Advance(SteadyTime now);

 private:
  static constexpr uint64_t kSlots = 512;  // 51 s a turn; what is due later goes round again
  using Slot = boost::intrusive::list<EventTarget, boost::intrusive::base_hook<DeadlineHook>,
                                      boost::intrusive::constant_time_size<false>>;

  void Turn();
  void Insert(EventTarget& target);

  const SteadyTime start_;
  uint64_t current_tick_ = 0;  // all due up to here have been called
  std::array<Slot, kSlots> slots_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_DEADLINE_WHEEL_H_
