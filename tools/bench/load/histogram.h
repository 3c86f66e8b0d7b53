// A histogram of latencies. Each power of two is divided into 64 buckets, so the error of a percentile is at
// most 1.6 % over the whole range, and recording takes a few instructions.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_HISTOGRAM_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace drawbridge::bench {

class Histogram {
 public:
  // Negative values count as 0.
  void Record(int64_t nanoseconds) {
    const uint64_t value = static_cast<uint64_t>(std::max<int64_t>(nanoseconds, 0));
    ++counts_[Bucket(value)];
    ++total_;
    max_ = std::max(max_, value);
  }

  // The upper bound of the smallest bucket that covers this share (0 to 1) of the values, at most the
  // maximum.
  uint64_t Percentile(double share) const {
    const double wanted = share * static_cast<double>(total_);
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen != 0 && static_cast<double>(seen) >= wanted) return std::min(UpperEnd(i), max_);
    }
    return max_;
  }

  uint64_t total() const { return total_; }
  uint64_t max() const { return max_; }

 private:
  static constexpr int kBits = 6;
  static constexpr uint64_t kSteps = 1 << kBits;

  static size_t Bucket(uint64_t value) {
    if (value < kSteps) return value;
    const int shift = std::bit_width(value) - 1 - kBits;
    return (shift + 1) * kSteps + ((value >> shift) - kSteps);
  }

  static uint64_t UpperEnd(size_t bucket) {
    if (bucket < kSteps) return bucket;
    const size_t shift = bucket / kSteps - 1;
    return ((kSteps + bucket % kSteps + 1) << shift) - 1;
  }

  std::array<uint64_t, kSteps*(64 - kBits + 1)> counts_ = {};
  uint64_t total_ = 0;
  uint64_t max_ = 0;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_HISTOGRAM_H_
