// How late threads are on this machine, to compare with the gateway when it misses a deadline.
#ifndef DRAWBRIDGE_TESTS_SOAK_LAG_H_
#define DRAWBRIDGE_TESTS_SOAK_LAG_H_

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

namespace drawbridge {

// Sleeps for 5 ms, over and over, on its own thread, and records how late it wakes up. Other threads add the
// time of calls that should return at once. Thread-safe.
class LagMeter {
 public:
  using Clock = std::chrono::steady_clock;

  LagMeter() : thread_([this](const std::stop_token& stop) { Run(stop); }) {}

  // Records a delay of something that should have happened at once.
  void Add(Clock::duration late) {
    const std::lock_guard lock(mu_);
    Push(late);
  }

  // The longest delay so far.
  Clock::duration Worst() const {
    const std::lock_guard lock(mu_);
    return worst_;
  }

  // The longest delay since `begin`, including a sleep under way. Covers the last minute and a half.
  Clock::duration WorstSince(Clock::time_point begin) const {
    const std::lock_guard lock(mu_);
    Clock::duration worst = std::max(Clock::now() - due_, Clock::duration::zero());
    for (auto lag = lags_.rbegin(); lag != lags_.rend() && lag->noted >= begin; ++lag) {
      worst = std::max(worst, lag->late);
    }
    return worst;
  }

 private:
  static constexpr std::chrono::milliseconds kSleep{5};
  static constexpr std::chrono::seconds kKept{90};
  struct Lag {
    Clock::time_point noted;
    Clock::duration late;
  };

  void Run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      {
        const std::lock_guard lock(mu_);
        due_ = Clock::now() + kSleep;
      }
      std::this_thread::sleep_for(kSleep);
      const std::lock_guard lock(mu_);
      Push(Clock::now() - due_);
    }
  }

  void Push(Clock::duration late) {
    const auto now = Clock::now();
    lags_.push_back({now, late});
    worst_ = std::max(worst_, late);
    while (now - lags_.front().noted > kKept) lags_.pop_front();
  }

  mutable std::mutex mu_;
  std::deque<Lag> lags_;
  Clock::duration worst_{0};
  Clock::time_point due_ = Clock::now() + kSleep;
  std::jthread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SOAK_LAG_H_
