#include "services/admin/control_port_metrics.h"

#include "services/admin/families.h"

namespace drawbridge {

std::vector<prometheus::MetricFamily> ControlPortMetrics(ControlPort& port) {
  return {GaugeOf("drawbridge_control_connections", "Connections to the control port that are open.",
                  static_cast<double>(port.connections())),
          GaugeOf("drawbridge_max_control_connections",
                  "Connections to the control port that may be open at the same time.",
                  static_cast<double>(port.max_connections())),
          CounterOf("drawbridge_control_connections_evicted_total",
                    "Quiet connections to the control port that were closed to make room for a new one.",
                    static_cast<double>(port.evicted())),
          CounterOf("drawbridge_control_connections_refused_total",
                    "Connections to the control port that were closed at once because the port was full.",
                    static_cast<double>(port.refused())),
          CounterOf("drawbridge_control_accept_failures_total",
                    "Accepts of the control port that failed because no descriptor or memory was available.",
                    static_cast<double>(port.failures()))};
}

}  // namespace drawbridge
