// The process has one SSL_CTX, which is never freed.
#include "tools/bench/load/tls.h"

#include <openssl/err.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace drawbridge::bench {
namespace {

SSL_CTX* Context() {
  static SSL_CTX* const context = [] {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL does not send with MSG_NOSIGNAL
    SSL_CTX* const made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_read_ahead(made, 1);
    SSL_CTX_set_mode(
        made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return made;
  }();
  return context;
}

}  // namespace

TlsSocket::TlsSocket(int fd) : ssl_(SSL_new(Context()), &SSL_free) {
  SSL_set_fd(ssl_.get(), fd);
  SSL_set_connect_state(ssl_.get());
}

ssize_t TlsSocket::Outcome(int result, size_t count) {
  if (result == 1) return static_cast<ssize_t>(count);
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      throw std::runtime_error(std::string("TLS: ") + ERR_error_string(ERR_peek_last_error(), nullptr));
  }
}

ssize_t TlsSocket::Send(std::string_view bytes) {
  ERR_clear_error();
  size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
  return Outcome(result, count);
}

ssize_t TlsSocket::Receive(std::span<char> buffer) {
  ERR_clear_error();
  size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
  return Outcome(result, count);
}

}  // namespace drawbridge::bench
