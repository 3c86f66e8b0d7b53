// The checks of the control port on connections and on every call, before gRPC looks up the method.
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
  // The methods, as in :path, that ask the guard themselves, as those of a GuardedService do. Only there can
  // a refusal carry a google.rpc.ErrorInfo.
  std::set<std::string, std::less<>> guarded_methods;
};

// Every other call is refused here unless the guard admits it: calls to services that are part of gRPC, to
// services that are not guarded by mistake, and to methods that do not exist. The C interface is used because
// the C++ AuthMetadataProcessor aborts without TLS. What the options point to must outlive the server.
std::shared_ptr<grpc::ServerCredentials> NewPortCredentials(PortOptions options);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_PORT_CREDENTIALS_H_
