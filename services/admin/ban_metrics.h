// Prometheus metrics of the bans.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_BAN_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_BAN_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/connections/bans.h"

namespace drawbridge {

// Thread-safe; never blocks.
std::vector<prometheus::MetricFamily> BanMetrics(const Bans& bans);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_BAN_METRICS_H_
