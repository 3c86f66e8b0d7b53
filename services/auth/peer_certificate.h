// The name of a caller in its client certificate.
#ifndef DRAWBRIDGE_SERVICES_AUTH_PEER_CERTIFICATE_H_
#define DRAWBRIDGE_SERVICES_AUTH_PEER_CERTIFICATE_H_

#include <grpc/grpc_security.h>

#include <string>

namespace drawbridge {

// The SPIFFE ID, where it has one, which is what certificates of workloads in a cluster are made for; else
// the first common name of its subject, which is what people give to theirs. DNS names are left out: there
// may be several, and they name servers. Empty where no certificate was shown, or none that gRPC verified.
std::string CertificateName(const grpc_auth_context* context);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_PEER_CERTIFICATE_H_
