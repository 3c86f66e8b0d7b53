// Prometheus metrics of the tokens of clients. docs/metrics.md explains each.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_IDENTITY_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_IDENTITY_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/base/clock.h"
#include "gateway/identity/token_checker.h"

namespace drawbridge {

// None where `tokens` is null. Thread-safe; does not block.
std::vector<prometheus::MetricFamily> IdentityMetrics(const TokenChecker* tokens, const Clock& clock);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_IDENTITY_METRICS_H_
