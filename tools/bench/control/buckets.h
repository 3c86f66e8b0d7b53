// How evenly events are spread over time.
#ifndef DRAWBRIDGE_TOOLS_BENCH_CONTROL_BUCKETS_H_
#define DRAWBRIDGE_TOOLS_BENCH_CONTROL_BUCKETS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

namespace drawbridge::bench {

// Sorts the events at `times` into buckets of `bucket` ns. Returns the count of the fullest complete bucket
// as a multiple of the mean count.
inline double FullestBucket(const std::vector<int64_t>& times, int64_t bucket) {
  const auto [first, last] = std::ranges::minmax(times);
  std::vector<uint32_t> buckets(static_cast<size_t>((last - first) / bucket) + 1);
  for (const int64_t time : times) ++buckets[static_cast<size_t>((time - first) / bucket)];
  if (buckets.size() > 1) buckets.pop_back();  // the last bucket is incomplete
  double sum = 0;
  for (const uint32_t count : buckets) sum += count;
  return std::ranges::max(buckets) / (sum / static_cast<double>(buckets.size()));
}

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_BUCKETS_H_
