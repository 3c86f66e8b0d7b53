// The control port's certificate, key and client authorities, renewed while it serves.
#ifndef DRAWBRIDGE_SERVICES_AUTH_PORT_CERTIFICATES_H_
#define DRAWBRIDGE_SERVICES_AUTH_PORT_CERTIFICATES_H_

#include <grpc/grpc_security.h>

#include <chrono>
#include <string>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/session/tls_context.h"

namespace drawbridge {

// gRPC asks a fetcher for new files at every handshake, and keeps what it has where there are none. Of its
// two ways this is the one that is safe to use: the file watcher of its newer TlsServerCredentials throws the
// old pair away before it has tried the new one (gRPC 1.51). What TlsContext, the judge of the data plane's
// files, does not take never gets that far. TLS 1.2 at least, gRPC's own choice.
// Thread-safe. Must outlive the server.
class PortCertificates {
 public:
  // Reads the files. Throws TlsFileError. `clock` must outlive this.
  PortCertificates(TlsFiles files, const Clock* clock);

  // Reads the files again, for the connections to come; those that live keep what they have. Throws
  // TlsFileError, and then nothing is changed. Blocks on the file system.
  void Reload();

  // When the certificate of new connections expires.
  std::chrono::system_clock::time_point not_after() const;

  // Of one port; the caller releases them.
  grpc_server_credentials* NewCredentials();

 private:
  struct Pem {
    bool operator==(const Pem&) const = default;
    std::string certificate;
    std::string key;
    std::string client_ca;
    std::chrono::system_clock::time_point not_after;  // of the certificate
  };

  Pem Read() const;
  static grpc_ssl_certificate_config_reload_status FetchFrom(void* self,
                                                             grpc_ssl_server_certificate_config** config);
  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config);

  const TlsFiles files_;
  const Clock* const clock_;
  mutable Mutex mu_;
  Pem current_ ABSL_GUARDED_BY(mu_);
  bool fetched_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_PORT_CERTIFICATES_H_
