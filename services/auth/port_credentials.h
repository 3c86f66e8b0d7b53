// What the control port demands of whoever connects and of every call, before gRPC looks for its method.
#ifndef DRAWBRIDGE_SERVICES_AUTH_PORT_CREDENTIALS_H_
#define DRAWBRIDGE_SERVICES_AUTH_PORT_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "services/auth/guard.h"
#include "services/auth/port_certificates.h"

namespace drawbridge {

struct PortOptions {
  PortCertificates* certificates = nullptr;  // null: no TLS
  Guard* guard = nullptr;                    // required
  // Those of :path that ask the guard themselves, as the methods of a GuardedService do: only there can a
  // refusal carry its google.rpc.ErrorInfo.
  std::set<std::string, std::less<>> guarded_methods;
};

// Every other call is refused here unless the guard lets it in: those to services that gRPC brings, to
// services that somebody forgot to guard, and to methods that do not exist. gRPC's AuthMetadataProcessor
// would do, but its C++ cannot be used without TLS (it aborts), so this is the same by the C interface. What
// the options point to must outlive the server.
std::shared_ptr<grpc::ServerCredentials> NewPortCredentials(PortOptions options);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_PORT_CREDENTIALS_H_
