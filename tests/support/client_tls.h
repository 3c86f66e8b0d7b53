// TLS for the tests' client, on OpenSSL's other side.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_CLIENT_TLS_H_
#define DRAWBRIDGE_TESTS_SUPPORT_CLIENT_TLS_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tests/support/certificates.h"

namespace drawbridge {

// What several connections of a client share, also the session of the last one. Not thread-safe. Must outlive
// its streams.
class ClientTls {
 public:
  struct Options {
    std::string authority;    // PEM: whose certificates are believed; empty: everybody's
    Credentials own;          // shown where the server asks; empty: none
    int version = 0;          // TLS1_3_VERSION and such; 0: any that OpenSSL has
    std::string protocols;    // ALPN, as on the wire; empty: not offered
    bool resume = false;      // the last session, if any
    int security_level = -1;  // OpenSSL's; -1: its own
  };
  explicit ClientTls(const Options& options);
  ClientTls() : ClientTls(Options()) {}

  // A new SSL of the client's side, to be given a socket.
  std::unique_ptr<SSL, decltype(&SSL_free)> NewSsl();
  // Takes the session of a connection that is over, however it ended, for the next one.
  void Keep(SSL* ssl);

 private:
  const Options options_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session_;
};

// Of one connection. The socket, which does not block, must outlive it. Not thread-safe; no call blocks.
class ClientTlsStream {
 public:
  ClientTlsStream(ClientTls& tls, int fd);
  ~ClientTlsStream() { tls_.Keep(ssl_.get()); }
  ClientTlsStream(const ClientTlsStream&) = delete;
  ClientTlsStream& operator=(const ClientTlsStream&) = delete;

  enum class Status { kOk, kWantRead, kWantWrite, kEndOfFile, kBroken };
  // Says in OpenSSL's words what is wrong, where it is kBroken.
  Status Handshake(std::string* why);
  Status Send(std::string_view bytes, size_t* count);
  Status Receive(std::span<char> buffer, size_t* count);
  // close_notify.
  void Finish() { SSL_shutdown(ssl_.get()); }

  SSL* ssl() { return ssl_.get(); }

 private:
  Status Outcome(int result);

  ClientTls& tls_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CLIENT_TLS_H_
