// The data plane in numbers, as Prometheus wants them. docs/metrics.md explains each.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_GATEWAY_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_GATEWAY_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/listener/gateway.h"

namespace drawbridge {

// Any thread. Costs the same however many clients are connected.
std::vector<prometheus::MetricFamily> GatewayMetrics(const Gateway& gateway);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_GATEWAY_METRICS_H_
