// The name of a caller in its client certificate.
#ifndef DRAWBRIDGE_SERVICES_AUTH_PEER_CERTIFICATE_H_
#define DRAWBRIDGE_SERVICES_AUTH_PEER_CERTIFICATE_H_

#include <grpc/grpc_security.h>

#include <string>

namespace drawbridge {

// The SPIFFE ID if there is one, as in certificates of workloads in a cluster, else the first common name of
// the subject. DNS names are not used: there may be several, and they name servers. Empty if the peer
// presented no certificate, or none that gRPC verified.
std::string CertificateName(const grpc_auth_context* context);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_PEER_CERTIFICATE_H_
