// TLS for the load generator: one version and one cipher, so that every server does the same work.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_TLS_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_TLS_H_

#include <openssl/ssl.h>
#include <sys/types.h>

#include <memory>
#include <span>
#include <string_view>

namespace drawbridge::bench {

// The client side of TLS on one non-blocking socket, which must outlive this object. Accepts any certificate.
class TlsSocket {
 public:
  explicit TlsSocket(int fd);

  // Like send() and recv(), with errno EAGAIN if they would block. They also perform the handshake.
  ssize_t Send(std::string_view bytes);
  ssize_t Receive(std::span<char> buffer);
  // Whether Send stopped because the socket is full, and not because the handshake waits for the server.
  bool wants_write() const { return SSL_want_write(ssl_.get()); }
  // Whether Receive may return more bytes although the socket is not readable.
  bool has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

 private:
  ssize_t Outcome(int result, size_t count);

  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_TLS_H_
