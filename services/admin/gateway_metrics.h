// Prometheus metrics of the data plane. docs/metrics.md explains each.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_GATEWAY_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_GATEWAY_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/listener/gateway.h"

namespace drawbridge {

// Thread-safe. The cost does not depend on the number of clients.
std::vector<prometheus::MetricFamily> GatewayMetrics(const Gateway& gateway);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_GATEWAY_METRICS_H_
