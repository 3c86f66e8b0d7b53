// Spreads many acts evenly over time.
#ifndef DRAWBRIDGE_SERVICES_DRAIN_PACE_H_
#define DRAWBRIDGE_SERVICES_DRAIN_PACE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include "gateway/base/clock.h"

namespace drawbridge {

// Says when the next act is due. Act N has the slot from N to N + 1 intervals to itself and falls on a random
// moment of it: the rate is kept, and what the acts bring about does not march in step. Not thread-safe.
class Pace {
 public:
  // An act each `interval`; 0: all are due at once.
  Pace(std::chrono::nanoseconds interval, SteadyTime start, uint32_t seed)
      : interval_(interval), start_(start), random_(seed) {
    next_ = Draw();
  }

  // When the next act is due.
  SteadyTime next() const { return next_; }

  // It is done, at `now`. Acts that are late by more than a moment are put off, all of them, and not made up
  // for in a rush: the rate is a bound.
  void Advance(SteadyTime now) {
    start_ += std::max<std::chrono::nanoseconds>(now - next_ - kLate, std::chrono::nanoseconds(0));
    ++done_;
    next_ = Draw();
  }

 private:
  static constexpr std::chrono::milliseconds kLate{20};

  SteadyTime Draw() {
    if (interval_.count() == 0) return start_;
    const int64_t jitter = std::uniform_int_distribution<int64_t>(0, interval_.count() - 1)(random_);
    return start_ + done_ * interval_ + std::chrono::nanoseconds(jitter);
  }

  const std::chrono::nanoseconds interval_;
  SteadyTime start_;
  int64_t done_ = 0;
  std::minstd_rand random_;
  SteadyTime next_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_PACE_H_
