// The operators' port: /metrics, /healthz and /readyz of a node.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_ADMIN_H_
#define DRAWBRIDGE_SERVICES_ADMIN_ADMIN_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/listener/gateway.h"
#include "services/admin/http_server.h"
#include "services/admin/probes.h"
#include "services/admin/reload_states.h"
#include "services/admin/rpc_metrics.h"
#include "services/control/control_port.h"
#include "services/control/watches.h"

namespace drawbridge {

class Admin {
 public:
  // What the pages report on. All references must outlive the Admin.
  struct Node {
    const Gateway& gateway;
    const Watches& watches;
    const RpcMetrics& rpcs;
    ControlPort& control_port;
    const ReloadStates& reloads;
    const Clock& clock;
    // When the control port's certificate expires; nullopt: it has none. Must be thread-safe.
    std::function<std::optional<std::chrono::system_clock::time_point>()> control_certificate_not_after;
    // Why the node accepts no new clients now; nullopt: it accepts them. Must be thread-safe.
    std::function<std::optional<NotReady>()> not_ready;
  };

  // Serves from its return on. Calls `tick` once a second on the server's thread. Throws as HttpServer does.
  Admin(const std::string& listen, Node node, std::function<void()> tick);

  const std::string& address() const { return server_.address(); }

  // The text of /metrics. Not thread-safe: the server's thread calls it.
  std::string Metrics() const;

 private:
  HttpServer::Pages Pages() const;

  const Node node_;
  HttpServer server_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_ADMIN_H_
