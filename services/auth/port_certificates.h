// The control port's certificate, key and client authorities, which can be reloaded while it serves.
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

// A certificate config fetcher: gRPC asks it for new files at every handshake, and keeps the old ones if
// there are none. The alternative, the file watcher of gRPC's newer TlsServerCredentials, is not safe: it
// drops the old pair before it has checked the new one (gRPC 1.51). Here TlsContext, which also checks the
// files of the data plane, checks the files before gRPC gets them. gRPC's default allows TLS 1.2 and later.
// Thread-safe. Must outlive the server.
class PortCertificates {
 public:
  // Reads the files. Blocks on the file system. Throws TlsFileError. `clock` must outlive this.
  PortCertificates(TlsFiles files, const Clock* clock);

  // Reads the files again, for new connections only. Throws TlsFileError, and then changes nothing. Blocks on
  // the file system.
  void Reload();

  // When the certificate of new connections expires.
  std::chrono::system_clock::time_point not_after() const;

  // For one port. The caller releases them.
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
