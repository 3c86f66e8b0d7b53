// The TLS of the tests' client, on OpenSSL.
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

// The TLS settings of a client and its last session, shared by its connections. Not thread-safe. Must outlive
// its streams.
class ClientTls {
 public:
  struct Options {
    std::string authority;    // PEM of the trusted authority; empty: no check
    Credentials own;          // sent if the server asks for it; empty: none
    int version = 0;          // such as TLS1_3_VERSION; 0: OpenSSL's default
    std::string protocols;    // ALPN in wire format; empty: not offered
    bool resume = false;      // resume the last session, if any
    int security_level = -1;  // -1: OpenSSL's default
  };
  explicit ClientTls(const Options& options);
  ClientTls() : ClientTls(Options()) {}

  // Returns a new client SSL without a socket.
  std::unique_ptr<SSL, decltype(&SSL_free)> NewSsl();
  // Keeps the session of a connection that has ended, so that the next connection can resume it.
  void Keep(SSL* ssl);

 private:
  const Options options_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session_;
};

// The TLS of one connection, on a non-blocking socket that must outlive it. Not thread-safe; no call blocks.
class ClientTlsStream {
 public:
  ClientTlsStream(ClientTls& tls, int fd);
  ~ClientTlsStream() { tls_.Keep(ssl_.get()); }
  ClientTlsStream(const ClientTlsStream&) = delete;
  ClientTlsStream& operator=(const ClientTlsStream&) = delete;

  enum class Status { kOk, kWantRead, kWantWrite, kEndOfFile, kBroken };
  // On kBroken, `why` is set to OpenSSL's error.
  Status Handshake(std::string* why);
  Status Send(std::string_view bytes, size_t* count);
  Status Receive(std::span<char> buffer, size_t* count);
  // Sends close_notify.
  void Finish() { SSL_shutdown(ssl_.get()); }

  SSL* ssl() { return ssl_.get(); }

 private:
  Status Outcome(int result);

  ClientTls& tls_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_CLIENT_TLS_H_
