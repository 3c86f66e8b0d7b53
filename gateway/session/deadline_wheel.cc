#include "gateway/session/deadline_wheel.h"

#include <algorithm>

namespace drawbridge {

void DeadlineWheel::Set(EventTarget& target, SteadyTime when) {
  target.DeadlineHook::unlink();
  const auto wait = when - start_;
  const auto ticks = wait / kTick + (wait % kTick > wait.zero() ? 1 : 0);
  target.due_tick_ = std::max<uint64_t>(current_tick_ + 1, ticks > 0 ? static_cast<uint64_t>(ticks) : 0);
  Insert(target);
}

void DeadlineWheel::Insert(EventTarget& target) {
  const uint64_t tick = std::min(target.due_tick_, current_tick_ + kSlots - 1);
  slots_[tick % kSlots].push_back(target);
}

void DeadlineWheel::Advance(SteadyTime now) {
  const auto now_tick = static_cast<uint64_t>((now - start_) / kTick);
  while (current_tick_ < now_tick) Turn();
}

void DeadlineWheel::Turn() {
  ++current_tick_;
  Slot due;
  due.swap(slots_[current_tick_ % kSlots]);
  while (!due.empty()) {
    EventTarget& target = due.front();
    due.pop_front();
    if (target.due_tick_ <= current_tick_) {
      target.OnDeadline();
    } else {
      Insert(target);
    }
  }
}

}  // namespace drawbridge
