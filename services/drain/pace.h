// Spreads many actions evenly over time.
#ifndef DRAWBRIDGE_SERVICES_DRAIN_PACE_H_
#define DRAWBRIDGE_SERVICES_DRAIN_PACE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include "gateway/base/clock.h"

namespace drawbridge {

// Computes when the next action is due. Action N is due at a random moment between N and N + 1 intervals.
// This keeps the rate, and the reactions of the clients do not coincide. Not thread-safe.
class Pace {
 public:
  // One action per `interval`; 0: all are due at once.
  Pace(std::chrono::nanoseconds interval, SteadyTime start, uint32_t seed)
      : interval_(interval), start_(start), random_(seed) {
    next_ = Draw();
  }

  // When the next action is due.
  SteadyTime next() const { return next_; }

  // Records that the action was done at `now`. If it was more than kLate late, all further actions are
  // delayed too. They are not made up for, since the rate is an upper bound.
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
