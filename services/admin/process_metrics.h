// What the operating system knows of this process, by the names that every exporter uses.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_PROCESS_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_PROCESS_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

namespace drawbridge {

// For one thread.
std::vector<prometheus::MetricFamily> ProcessMetrics();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_PROCESS_METRICS_H_
