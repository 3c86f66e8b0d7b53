// Time as a parameter: whoever measures or waits is given a Clock, so that tests can hold the hands.
#ifndef DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_
#define DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_

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
  WallTime ToWall(SteadyTime time) const { return Wall() - (Steady() - time); }
};

class SystemClock final : public Clock {
 public:
  SteadyTime Steady() const override { return std::chrono::steady_clock::now(); }
  WallTime Wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_CLOCK_H_
