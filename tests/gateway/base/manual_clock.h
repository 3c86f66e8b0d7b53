// A Clock that a test sets, so that no test waits for time to pass.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_BASE_MANUAL_CLOCK_H_
#define DRAWBRIDGE_TESTS_GATEWAY_BASE_MANUAL_CLOCK_H_

#include <atomic>
#include <chrono>

#include "gateway/base/clock.h"

namespace drawbridge {

// Thread-safe.
class ManualClock final : public Clock {
 public:
  SteadyTime Steady() const override { return SteadyTime(std::chrono::hours(1)) + elapsed_.load(); }
  WallTime Wall() const override { return WallTime(std::chrono::seconds(1'700'000'000)) + elapsed_.load(); }

  void Advance(std::chrono::nanoseconds step) { elapsed_ = elapsed_.load() + step; }

 private:
  std::atomic<std::chrono::nanoseconds> elapsed_{std::chrono::nanoseconds(0)};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_BASE_MANUAL_CLOCK_H_
