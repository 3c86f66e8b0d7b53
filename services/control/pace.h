// Spreads many acts evenly over time.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_PACE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_PACE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include "gateway/base/clock.h"

namespace drawbridge {

// Says when the next act is due. At a rate of R, act N has the slot from N/R to (N+1)/R seconds to itself and
// falls on a random moment of it: the rate is kept, and what the acts bring about does not march in step. Not
// thread-safe.
class Pace {
 public:
  // `rate` acts a second; 0: all are due at once.
  Pace(uint32_t rate, SteadyTime start, uint32_t seed) : rate_(rate), start_(start), random_(seed) {
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
  static constexpr uint64_t kSecond = 1'000'000'000;

  SteadyTime Draw() {
    if (rate_ == 0) return start_;
    const uint64_t jitter = std::uniform_int_distribution<uint64_t>(0, kSecond - 1)(random_);
    return start_ + std::chrono::nanoseconds((done_ * kSecond + jitter) / rate_);
  }

  const uint64_t rate_;
  SteadyTime start_;
  uint64_t done_ = 0;
  std::minstd_rand random_;
  SteadyTime next_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_PACE_H_
