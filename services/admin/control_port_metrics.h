// Prometheus metrics of the connections to the control port.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_CONTROL_PORT_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_CONTROL_PORT_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "services/control/control_port.h"

namespace drawbridge {

// Makes one system call for each connection.
std::vector<prometheus::MetricFamily> ControlPortMetrics(ControlPort& port);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_CONTROL_PORT_METRICS_H_
