// The whole process as one object: the gateway and its control plane, wired together.
#ifndef DRAWBRIDGE_SERVICES_SERVER_SERVER_H_
#define DRAWBRIDGE_SERVICES_SERVER_SERVER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/handlers/handler.h"
#include "gateway/listener/gateway.h"
#include "services/admin/admin.h"
#include "services/admin/probes.h"
#include "services/admin/reload_states.h"
#include "services/admin/rpc_metrics.h"
#include "services/auth/authenticator.h"
#include "services/auth/guard.h"
#include "services/auth/port_certificates.h"
#include "services/control/connection_service.h"
#include "services/control/control_port.h"
#include "services/control/node_service.h"
#include "services/drain/drainer.h"
#include "services/health/health_service.h"
#include "services/reflection/reflection_service.h"
#include "services/server/file_watch.h"
#include "services/server/flags.h"
#include "services/server/in_flight.h"
#include "services/server/memory_return.h"
#include "services/server/reloadable_flags.h"

namespace drawbridge {

class Server {
 public:
  // Serves when it returns. Throws std::exception, saying which address could not be had and why.
  explicit Server(const Flags& flags);
  // Cuts whoever is left.
  ~Server();

  Gateway& gateway() { return gateway_; }
  const std::string& control_address() const { return control_port_.address(); }
  const std::string& admin_address() const { return admin_->address(); }
  const Watches& watches() const { return connection_service_.watches(); }

  // Empties the gateway, then ends the control plane, which answers until the last client is gone. Blocks for
  // little longer than the plan takes. Once. Returns how many clients were told to go.
  int64_t Shutdown(DrainPlan plan);
  int64_t Shutdown() { return Shutdown(drain_plan()); }
  // Shortens a Shutdown that is under way: says goodbye to all who are left, and cuts them a moment later.
  void HastenShutdown() { drainer_.Hasten(); }

  // Takes over the flags that may change while it runs. Returns what has changed, and what would take a
  // restart. One thread at a time.
  FlagChanges Reload(const Flags& flags);
  // A reload of the flags that did not come to Reload, for the metrics. Any thread.
  void ReloadFailed() { reloads_.Failed("flags"); }
  // The flags that it runs with. Any thread.
  Flags flags() const;

  // What the flags say of a drain.
  DrainPlan drain_plan() const;

  // Reads certificates, keys, client authorities and tokens again, of both ports, as it does by itself when
  // they change. What cannot be used is logged and changes nothing. Any thread; blocks on the file system.
  void ReloadFiles();

 private:
  void ServeControl();
  void AnswerLastCalls();
  void EndControl(std::chrono::milliseconds patience);
  void WarnAtStart() const;
  std::optional<std::chrono::system_clock::time_point> ControlCertificateNotAfter() const;
  void ReloadTls();
  void ReloadControlTls();
  void ReloadControlTokens();

  std::optional<NotReady> WhyNotReady() const;
  bool MindsBeingFull() const;
  void TellHealth();

  mutable Mutex mu_;
  Flags flags_ ABSL_GUARDED_BY(mu_);
  const bool has_tls_;
  Mutex reloading_;  // so that what was read later stays
  const SystemClock clock_;
  ReloadStates reloads_{&clock_};
  const std::unique_ptr<Handler> handler_;
  FileWatch tls_files_;  // looks before the gateway reads them
  FileWatch control_tls_files_;
  FileWatch control_tokens_file_;
  Gateway gateway_;
  Authenticator authenticator_;
  Guard guard_{&authenticator_, &clock_};
  std::unique_ptr<PortCertificates> control_certificates_;  // null: no TLS
  HealthService health_service_;
  Drainer drainer_;
  ConnectionService connection_service_;
  NodeService node_service_;
  ReflectionService reflection_service_;
  RpcMetrics rpc_metrics_;
  InFlight calls_;
  ControlPort control_port_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> control_acceptor_;
  std::unique_ptr<grpc::Server> control_;
  MemoryReturn memory_return_{[this] { return gateway_.registry().size(); },
                              [this] { return gateway_.registry().TakePeak(); }};
  std::unique_ptr<Admin> admin_;  // looks at all of the above
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_SERVER_H_
