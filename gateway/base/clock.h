// Time as a parameter: code that measures or waits takes a Clock, so that tests can control the time.
#ifndef DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_
#define DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_

#include <atomic>
#include <chrono>

namespace drawbridge {

// A time on a clock that never steps back. Every timeout is measured on it.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
// A calendar time, for display.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

// Thread-safe; does not block.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime Steady() const = 0;
  virtual WallTime Wall() const = 0;

  // The calendar time of `time`, assuming that the calendar clock has not stepped since.
  virtual WallTime ToWall(SteadyTime time) const { return Wall() - (Steady() - time); }
};

class SystemClock final : public Clock {
 public:
  SteadyTime Steady() const override { return std::chrono::steady_clock::now(); }
  WallTime Wall() const override { return std::chrono::system_clock::now(); }
  // Returns the same result for the same time until the calendar clock steps. The two clocks cannot be read
  // at the same moment, so their difference is measured once and kept.
  WallTime ToWall(SteadyTime time) const override { return WallTime(time.time_since_epoch() + Distance()); }

 private:
  using Nanoseconds = std::chrono::nanoseconds;

  // A larger change of the difference is a step. Slewing changes both clocks alike (clock_gettime(2)).
  static constexpr Nanoseconds kStep = std::chrono::milliseconds(1);

  Nanoseconds Distance() const {
    const SteadyTime before = Steady();
    const Nanoseconds wall = Wall().time_since_epoch();
    const SteadyTime after = Steady();
    Nanoseconds kept = distance_.load(std::memory_order_relaxed);
    const Nanoseconds measured = wall - before.time_since_epoch();
    if (kept >= wall - after.time_since_epoch() - kStep && kept <= measured + kStep) return kept;
    return distance_.compare_exchange_strong(kept, measured) ? measured : kept;  // another thread was first
  }

  mutable std::atomic<Nanoseconds> distance_ = Nanoseconds::min();  // wall - steady; min: not measured
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_
