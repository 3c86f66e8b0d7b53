#include "services/auth/port_certificates.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace drawbridge {
namespace {

std::string Contents(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

grpc_ssl_client_certificate_request_type RequestOf(TlsClientAuth client_auth) {
  switch (client_auth) {
    case TlsClientAuth::kNone:
      return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
    case TlsClientAuth::kOptional:
      return GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
    case TlsClientAuth::kRequired:
      break;
  }
  return GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
}

}  // namespace

PortCertificates::PortCertificates(TlsFiles files, const Clock* clock)
    : files_(std::move(files)), clock_(clock), current_(Read()) {}

// TlsContext checks the files by reading them itself, and gRPC needs their contents. Two equal reads, one
// before and one after the check, ensure that the checked contents are the returned ones.
PortCertificates::Pem PortCertificates::Read() const {
  const auto read = [this] {
    return Pem{Contents(files_.certificate), Contents(files_.key), Contents(files_.client_ca), {}};
  };
  Pem pem = read();
  const TlsContext judge(files_, clock_);
  if (read() != pem) {
    throw TlsFileError(TlsFileError::Which::kCertificate, files_.certificate,
                       "was changed while it was read, or its key or its client authorities were");
  }
  pem.not_after = judge.not_after();
  return pem;
}

std::chrono::system_clock::time_point PortCertificates::not_after() const {
  MutexLock lock(mu_);
  return current_.not_after;
}

void PortCertificates::Reload() {
  Pem fresh = Read();
  MutexLock lock(mu_);
  std::swap(current_, fresh);
  fetched_ = false;
}

grpc_server_credentials* PortCertificates::NewCredentials() {
  // gRPC takes ownership of the options.
  return grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(RequestOf(files_.client_auth),
                                                                      &FetchFrom, this));
}

grpc_ssl_certificate_config_reload_status PortCertificates::FetchFrom(
    void* self, grpc_ssl_server_certificate_config** config) {
  return static_cast<PortCertificates*>(self)->Fetch(config);
}

grpc_ssl_certificate_config_reload_status PortCertificates::Fetch(
    grpc_ssl_server_certificate_config** config) {
  MutexLock lock(mu_);
  if (std::exchange(fetched_, true)) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const grpc_ssl_pem_key_cert_pair pair{.private_key = current_.key.c_str(),
                                        .cert_chain = current_.certificate.c_str()};
  // gRPC aborts without client authorities. They have no effect where it requests no client certificate.
  const std::string& client_ca = current_.client_ca.empty() ? current_.certificate : current_.client_ca;
  *config = grpc_ssl_server_certificate_config_create(client_ca.c_str(), &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

}  // namespace drawbridge
