#include "services/admin/families.h"

#include <chrono>
#include <limits>

namespace drawbridge {

prometheus::MetricFamily HistogramOf(std::string name, std::string help,
                                     const std::vector<std::pair<double, uint64_t>>& bounds, uint64_t over,
                                     double sum) {
  auto family = Family(std::move(name), std::move(help), prometheus::MetricType::Histogram);
  auto& histogram = family.metric.emplace_back().histogram;
  uint64_t count = 0;
  for (const auto& [bound, counted] : bounds) {
    count += counted;
    histogram.bucket.push_back({count, bound});
  }
  count += over;
  histogram.bucket.push_back({count, std::numeric_limits<double>::infinity()});
  histogram.sample_count = count;
  histogram.sample_sum = sum;
  return family;
}

prometheus::MetricFamily HistogramOf(std::string name, std::string help, const DurationHistogram::Sum& sum) {
  using Seconds = std::chrono::duration<double>;
  std::vector<std::pair<double, uint64_t>> bounds;
  bounds.reserve(DurationHistogram::kBounds.size());
  for (size_t i = 0; i < DurationHistogram::kBounds.size(); ++i) {
    bounds.emplace_back(Seconds(DurationHistogram::kBounds[i]).count(), sum.counts[i]);
  }
  return HistogramOf(std::move(name), std::move(help), bounds, sum.counts.back(), Seconds(sum.total).count());
}

}  // namespace drawbridge
