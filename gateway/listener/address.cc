#include "gateway/listener/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>

namespace drawbridge {
namespace {

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

SocketAddress::SocketAddress(const IpAddress& ip, uint16_t port) {
  if (ip.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage_);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    std::copy_n(ip.bytes().end() - sizeof(v4->sin_addr), sizeof(v4->sin_addr),
                reinterpret_cast<uint8_t*>(&v4->sin_addr));
    size_ = sizeof(*v4);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage_);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::ranges::copy(ip.bytes(), v6->sin6_addr.s6_addr);
    size_ = sizeof(*v6);
  }
}

std::optional<SocketAddress> SocketAddress::Parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = ParsePort(text.substr(colon + 1));
  if (!port.has_value()) return std::nullopt;
  std::string host(text.substr(0, colon));
  if (host.find('\0') != std::string::npos) return std::nullopt;  // inet_pton would ignore the rest
  SocketAddress address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage_);
    if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6->sin6_addr) != 1)
      return std::nullopt;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(*port);
    address.size_ = sizeof(*v6);
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage_);
    if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) != 1) return std::nullopt;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(*port);
    address.size_ = sizeof(*v4);
  }
  return address;
}

std::string SocketAddress::ToString() const {
  char host[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage_);
    const std::string port = std::to_string(ntohs(v6->sin6_port));
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {  // an IPv4 client on a dual-stack socket
      ::inet_ntop(AF_INET, v6->sin6_addr.s6_addr + 12, host, sizeof(host));
      return std::string(host).append(":").append(port);
    }
    ::inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
    return std::string("[").append(host).append("]:").append(port);
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage_);
  ::inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
  return std::string(host).append(":").append(std::to_string(ntohs(v4->sin_port)));
}

IpAddress SocketAddress::ip() const {
  if (family() == AF_INET6) {
    return IpAddress(std::span(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr.s6_addr));
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage_);
  return IpAddress(std::span<const uint8_t, 4>(reinterpret_cast<const uint8_t*>(&v4->sin_addr), 4));
}

bool SocketAddress::is_loopback() const {
  if (family() == AF_INET6) {
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr);
  }
  return ntohl(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr.s_addr) >> 24 == 127;
}

}  // namespace drawbridge
