#include "tools/ctl/tls_probe.h"

#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace drawbridge::ctl {
namespace {

constexpr timeval kPatience{.tv_sec = 2, .tv_usec = 0};

// Returns a connected socket, or -1.
int Connect(const Address& address) {
  const addrinfo hints{.ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0) return -1;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  const int fd = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
  if (fd < 0) return -1;
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);  // also limits connect()
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (::connect(fd, found->ai_addr, found->ai_addrlen) == 0) return fd;
  ::close(fd);
  return -1;
}

std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context(::SSL_CTX_new(::TLS_client_method()),
                                                                    ::SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&::SSL_free)> ssl(::SSL_new(context.get()), ::SSL_free);
  BIO* const out = ::BIO_new(::BIO_s_mem());
  ::SSL_set_bio(ssl.get(), ::BIO_new(::BIO_s_mem()), out);  // `ssl` owns both BIOs
  ::SSL_connect(ssl.get());                                 // writes the ClientHello, then needs input
  std::string hello(::BIO_ctrl_pending(out), '\0');
  ::BIO_read(out, hello.data(), static_cast<int>(hello.size()));
  return hello;
}

// Whether this is the header of a TLS handshake or alert record (RFC 8446, section 5.1).
bool IsTls(const std::array<uint8_t, 3>& header) {
  constexpr uint8_t kAlert = 21;
  constexpr uint8_t kHandshake = 22;
  return (header[0] == kAlert || header[0] == kHandshake) && header[1] == 3;
}

}  // namespace

bool SpeaksTls(const Address& address) {
  if (address.port.empty()) return false;  // a Unix socket
  const int fd = Connect(address);
  if (fd < 0) return false;
  const std::string hello = ClientHello();
  std::array<uint8_t, 3> header{};
  const bool asked = ::send(fd, hello.data(), hello.size(), MSG_NOSIGNAL) > 0;
  const bool answered = asked && ::recv(fd, header.data(), header.size(), MSG_WAITALL) == std::ssize(header);
  ::close(fd);
  return answered && IsTls(header);
}

}  // namespace drawbridge::ctl
