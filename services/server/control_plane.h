// The control plane of a node: the gRPC services, the rules for their callers, and the port that they listen
// on.
#ifndef DRAWBRIDGE_SERVICES_SERVER_CONTROL_PLANE_H_
#define DRAWBRIDGE_SERVICES_SERVER_CONTROL_PLANE_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/listener/gateway.h"
#include "services/admin/rpc_metrics.h"
#include "services/auth/authenticator.h"
#include "services/auth/guard.h"
#include "services/auth/port_certificates.h"
#include "services/control/ban_keeper.h"
#include "services/control/ban_service.h"
#include "services/control/connection_service.h"
#include "services/control/control_port.h"
#include "services/control/node_service.h"
#include "services/drain/drainer.h"
#include "services/health/health_service.h"
#include "services/reflection/reflection_service.h"
#include "services/server/flags.h"
#include "services/server/in_flight.h"

namespace drawbridge {

// The public functions: any thread, except as said.
class ControlPlane {
 public:
  struct Node {
    Gateway* gateway;
    const Clock* clock;
    // The drain of a DrainNode call that names no values of its own.
    std::function<DrainPlan()> drain_plan;
    // Called when a drain has changed the state of the node; must not block.
    std::function<void()> on_drain_change;
  };

  // Binds the port; Start serves. What `node` points to must outlive it. Throws std::exception, which says
  // which address or file cannot be used and why.
  ControlPlane(const Flags& flags, const Node& node);
  // Cancels the calls that are under way.
  ~ControlPlane();

  // Accepts callers. Once, before all else.
  void Start();

  // Answers every call that is under way, and waits for a short time until the answers are read; later calls
  // get UNAVAILABLE. Then ends the server. Once; blocks for little more than two seconds.
  void Shutdown();

  // What grpc.health.v1 says of the node as a whole. The services serve until Shutdown, whatever it says.
  void SetServing(bool serving) { health_service_.Set("", serving); }

  const std::string& address() const { return port_.address(); }
  ControlPort& port() { return port_; }
  Drainer& drainer() { return drainer_; }
  const Watches& watches() const { return connection_service_.watches(); }
  const RpcMetrics& rpc_metrics() const { return rpc_metrics_; }
  Authenticator& authenticator() { return authenticator_; }
  // Null: the port has no TLS.
  PortCertificates* certificates() { return certificates_.get(); }

 private:
  void AnswerLastCalls();
  void End(std::chrono::milliseconds patience);

  Authenticator authenticator_;
  Guard guard_;
  const std::unique_ptr<PortCertificates> certificates_;
  HealthService health_service_;
  Drainer drainer_;
  ConnectionService connection_service_;
  BanService ban_service_;
  NodeService node_service_;
  ReflectionService reflection_service_;
  RpcMetrics rpc_metrics_;
  InFlight calls_;
  BanKeeper ban_keeper_;  // ends before the services, whose threads its last changes use
  ControlPort port_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_CONTROL_PLANE_H_
