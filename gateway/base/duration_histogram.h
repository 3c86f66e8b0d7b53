// A histogram of durations with fixed bucket bounds.
#ifndef DRAWBRIDGE_GATEWAY_BASE_DURATION_HISTOGRAM_H_
#define DRAWBRIDGE_GATEWAY_BASE_DURATION_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "gateway/base/counter.h"

namespace drawbridge {

// One thread calls Observe; any thread calls AddTo.
class DurationHistogram {
 public:
  // Upper bounds of the buckets, inclusive. One more bucket counts durations longer than the last bound.
  static constexpr std::array<std::chrono::microseconds, 19> kBounds = {
      std::chrono::microseconds(50),  std::chrono::microseconds(100), std::chrono::microseconds(250),
      std::chrono::microseconds(500), std::chrono::milliseconds(1),   std::chrono::microseconds(2500),
      std::chrono::milliseconds(5),   std::chrono::milliseconds(10),  std::chrono::milliseconds(25),
      std::chrono::milliseconds(50),  std::chrono::milliseconds(100), std::chrono::milliseconds(250),
      std::chrono::milliseconds(500), std::chrono::seconds(1),        std::chrono::milliseconds(2500),
      std::chrono::seconds(5),        std::chrono::seconds(10),       std::chrono::seconds(30),
      std::chrono::seconds(60)};

  // The sum of some histograms.
  struct Sum {
    std::array<uint64_t, kBounds.size() + 1> counts{};  // per bucket, not cumulative
    std::chrono::nanoseconds total{0};
  };

  // A negative duration, the difference of two clocks that disagree, counts as 0.
  void Observe(std::chrono::nanoseconds duration) {
    duration = std::max(duration, std::chrono::nanoseconds(0));
    const auto bound = std::ranges::lower_bound(kBounds, duration);
    counts_[static_cast<size_t>(bound - kBounds.begin())].Add(1);
    nanoseconds_.Add(static_cast<uint64_t>(duration.count()));
  }

  void AddTo(Sum* sum) const {
    for (size_t i = 0; i < counts_.size(); ++i) sum->counts[i] += counts_[i].Get();
    sum->total += std::chrono::nanoseconds(nanoseconds_.Get());
  }

 private:
  std::array<Counter, kBounds.size() + 1> counts_;
  Counter nanoseconds_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_DURATION_HISTOGRAM_H_
