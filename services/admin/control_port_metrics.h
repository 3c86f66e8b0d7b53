// What the control port tells Prometheus of its connections.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_CONTROL_PORT_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_CONTROL_PORT_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "services/control/control_port.h"

namespace drawbridge {

// Takes a system call a connection.
std::vector<prometheus::MetricFamily> ControlPortMetrics(ControlPort& port);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_CONTROL_PORT_METRICS_H_
