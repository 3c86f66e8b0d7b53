// An IP address with a port, for socket calls and in text form.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_ADDRESS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_ADDRESS_H_

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/ip_address.h"

namespace drawbridge {

class SocketAddress {
 public:
  SocketAddress() = default;
  // The address family is AF_INET where `ip` is an IPv4 address, otherwise AF_INET6.
  SocketAddress(const IpAddress& ip, uint16_t port);

  // "127.0.0.1:8080" or "[::1]:8080"; nullopt for anything else.
  static std::optional<SocketAddress> Parse(std::string_view text);

  std::string ToString() const;
  IpAddress ip() const;
  bool is_loopback() const;
  int family() const { return storage_.ss_family; }

  // For the socket calls.
  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  socklen_t* size_pointer() { return &size_; }

 private:
  sockaddr_storage storage_ = {};
  socklen_t size_ = sizeof(storage_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_ADDRESS_H_
