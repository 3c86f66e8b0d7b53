// Time as a parameter: whoever measures or waits is given a Clock, so that tests can hold the hands.
#ifndef DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_
#define DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_

#include <atomic>
#include <chrono>

namespace drawbridge {

// A point on a clock that never steps back. Every timeout is measured on it.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
// A point on the calendar, for people to read.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

// Any thread; never blocks.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime Steady() const = 0;
  virtual WallTime Wall() const = 0;

  // Where `time` lies on the calendar, if the calendar did not step since.
  virtual WallTime ToWall(SteadyTime time) const { return Wall() - (Steady() - time); }
};

class SystemClock final : public Clock {
 public:
  SteadyTime Steady() const override { return std::chrono::steady_clock::now(); }
  WallTime Wall() const override { return std::chrono::system_clock::now(); }
  // The same for the same time, until the calendar steps: the two clocks cannot be read at one moment, so
  // their distance is measured once and kept.
  WallTime ToWall(SteadyTime time) const override { return WallTime(time.time_since_epoch() + Distance()); }

 private:
  using Nanoseconds = std::chrono::nanoseconds;

  // A step is more than that. What slews the calendar slews the steady clock as well (clock_gettime(2)).
  static constexpr Nanoseconds kStep = std::chrono::milliseconds(1);

  Nanoseconds Distance() const {
    const SteadyTime before = Steady();
    const Nanoseconds wall = Wall().time_since_epoch();
    const SteadyTime after = Steady();
    Nanoseconds kept = distance_.load(std::memory_order_relaxed);
    const Nanoseconds measured = wall - before.time_since_epoch();
    if (kept >= wall - after.time_since_epoch() - kStep && kept <= measured + kStep) return kept;
    return distance_.compare_exchange_strong(kept, measured) ? measured : kept;  // another thread's, if first
  }

  mutable std::atomic<Nanoseconds> distance_ = Nanoseconds::min();  // of the calendar; not yet measured
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_
