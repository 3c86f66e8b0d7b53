// Metrics of this process, with the standard names of Prometheus client libraries.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_PROCESS_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_PROCESS_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

namespace drawbridge {

// Not thread-safe. Reads files in /proc.
std::vector<prometheus::MetricFamily> ProcessMetrics();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_PROCESS_METRICS_H_
