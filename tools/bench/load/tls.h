// TLS as the load generator speaks it: one version and one cipher, so that every server does the same work.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_TLS_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_TLS_H_

#include <openssl/ssl.h>
#include <sys/types.h>

#include <memory>
#include <span>
#include <string_view>

namespace drawbridge::bench {

// The client's side of one socket, which does not block and must outlive it. Believes any certificate.
class TlsSocket {
 public:
  explicit TlsSocket(int fd);

  // As send and recv do, with errno EAGAIN where there is no more to do now. The handshake happens meanwhile.
  ssize_t Send(std::string_view bytes);
  ssize_t Receive(std::span<char> buffer);
  // Whether it was the kernel that took no more, and not the handshake that waits for the server.
  bool wants_write() const { return SSL_want_write(ssl_.get()); }
  // Whether Receive may give more although the socket has nothing to read.
  bool has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

 private:
  ssize_t Outcome(int result, size_t count);

  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_TLS_H_
