// Builds prometheus-cpp families of metrics from plain numbers.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_FAMILIES_H_
#define DRAWBRIDGE_SERVICES_ADMIN_FAMILIES_H_

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

#include "gateway/base/duration_histogram.h"

namespace drawbridge {

using Labels = std::vector<prometheus::ClientMetric::Label>;

inline prometheus::MetricFamily Family(std::string name, std::string help, prometheus::MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

inline void AddValue(prometheus::MetricFamily* family, double value, Labels labels = {}) {
  prometheus::ClientMetric& metric = family->metric.emplace_back();
  metric.label = std::move(labels);
  (family->type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

inline prometheus::MetricFamily CounterFamily(std::string name, std::string help) {
  return Family(std::move(name), std::move(help), prometheus::MetricType::Counter);
}

inline prometheus::MetricFamily CounterOf(std::string name, std::string help, double value) {
  auto family = CounterFamily(std::move(name), std::move(help));
  AddValue(&family, value);
  return family;
}

inline prometheus::MetricFamily GaugeOf(std::string name, std::string help, double value,
                                        Labels labels = {}) {
  auto family = Family(std::move(name), std::move(help), prometheus::MetricType::Gauge);
  AddValue(&family, value, std::move(labels));
  return family;
}

// `bounds`: the upper bounds in ascending order, each with the count of its own bucket (not cumulative).
// `over`: the count above the last bound.
prometheus::MetricFamily HistogramOf(std::string name, std::string help,
                                     const std::vector<std::pair<double, uint64_t>>& bounds, uint64_t over,
                                     double sum);
// Bounds and sum are in seconds.
prometheus::MetricFamily HistogramOf(std::string name, std::string help, const DurationHistogram::Sum& sum);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_FAMILIES_H_
