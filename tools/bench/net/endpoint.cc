// Thin wrappers that turn errno into exceptions: a benchmark that cannot open a socket must end.
#include "tools/bench/net/endpoint.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace drawbridge::bench {
namespace {

constexpr unsigned kSources = 32;
constexpr int kBacklog = 4096;

void Check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

void SetOption(int fd, int level, int option, int value) {
  Check(setsockopt(fd, level, option, &value, sizeof(value)), "setsockopt");
}

bool IsLoopback(const sockaddr_in& endpoint) { return ntohl(endpoint.sin_addr.s_addr) >> 24 == 127; }

const sockaddr* Generic(const sockaddr_in& endpoint) { return reinterpret_cast<const sockaddr*>(&endpoint); }

}  // namespace

sockaddr_in ParseEndpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  const std::string host(text.substr(0, colon));
  const std::string_view port = colon == text.npos ? "" : text.substr(colon + 1);
  sockaddr_in endpoint = {};
  endpoint.sin_family = AF_INET;
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (inet_pton(AF_INET, host.c_str(), &endpoint.sin_addr) != 1 || error != std::errc{} ||
      end != port.data() + port.size()) {
    throw std::invalid_argument("not an IPv4 address and port: " + std::string(text));
  }
  endpoint.sin_port = htons(number);
  return endpoint;
}

std::string FormatEndpoint(const sockaddr_in& endpoint) {
  char host[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &endpoint.sin_addr, host, sizeof(host));
  return std::string(host) + ":" + std::to_string(ntohs(endpoint.sin_port));
}

int Listen(const sockaddr_in& endpoint) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  Check(fd, "socket");
  SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  Check(bind(fd, Generic(endpoint), sizeof(endpoint)), "bind");
  Check(listen(fd, kBacklog), "listen");
  return fd;
}

sockaddr_in LocalEndpoint(int fd) {
  sockaddr_in endpoint = {};
  socklen_t size = sizeof(endpoint);
  Check(getsockname(fd, reinterpret_cast<sockaddr*>(&endpoint), &size), "getsockname");
  return endpoint;
}

int StartConnect(const sockaddr_in& target, unsigned source) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  Check(fd, "socket");
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (IsLoopback(target)) {
    sockaddr_in local = {};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(0x7f000001 + source % kSources);
    SetOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    Check(bind(fd, Generic(local), sizeof(local)), "bind");
  }
  const int result = connect(fd, Generic(target), sizeof(target));
  if (result < 0 && errno != EINPROGRESS) Check(result, "connect");
  return fd;
}

}  // namespace drawbridge::bench
