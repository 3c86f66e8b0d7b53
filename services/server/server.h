// The whole process as one object: the gateway and its control plane, wired together.
#ifndef DRAWBRIDGE_SERVICES_SERVER_SERVER_H_
#define DRAWBRIDGE_SERVICES_SERVER_SERVER_H_

#include <grpcpp/server.h>

#include <cstddef>
#include <memory>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "services/control/connection_service.h"
#include "services/server/file_watch.h"
#include "services/server/flags.h"
#include "services/server/memory_return.h"

namespace drawbridge {

class Server {
 public:
  // Serves when it returns. Throws std::exception, saying which address could not be had and why.
  explicit Server(const Flags& flags);
  // Cuts whoever is left.
  ~Server();

  Gateway& gateway() { return gateway_; }
  const std::string& control_address() const { return control_address_; }
  const Watches& watches() const { return connection_service_.watches(); }

  // Reports NOT_SERVING, empties the gateway, then ends the control plane, which answers until the last
  // client is gone. Blocks for little longer than --drain_grace. Once. Returns how many clients were closed.
  size_t Shutdown();

 private:
  void ReloadTls();

  const Flags flags_;
  const SystemClock clock_;
  EchoHandler handler_;
  FileWatch tls_files_;  // looks before the gateway reads them
  Gateway gateway_;
  ConnectionService connection_service_;
  std::string control_address_;
  std::unique_ptr<grpc::Server> control_;
  MemoryReturn memory_return_{[this] { return gateway_.registry().size(); },
                              [this] { return gateway_.registry().TakePeak(); }};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_SERVER_H_
