#include "tools/ctl/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace drawbridge::ctl {
namespace {

constexpr std::string_view kDefaultPort = "9090";

bool Consume(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

struct HostAndPort {
  std::string host;  // without brackets
  std::string port;
};

bool IsIpv6(const std::string& host) {
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &v6) == 1;  // "%" starts a zone id
}

bool IsName(const std::string& host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
  });
}

bool IsPort(const std::string& port) {
  int32_t number = 0;
  return std::ranges::all_of(port, absl::ascii_isdigit) && absl::SimpleAtoi(port, &number) && number >= 1 &&
         number <= UINT16_MAX;
}

// A text with more than one colon and no brackets is an IPv6 address without a port. A missing host or port
// gives an empty string.
HostAndPort Split(std::string_view text) {
  if (Consume(&text, "[")) {
    const size_t end = std::min(text.find(']'), text.size());
    std::string_view behind = text.substr(end);
    if (behind == "]") return {std::string(text.substr(0, end)), std::string(kDefaultPort)};
    if (!Consume(&behind, "]:")) return {};
    return {std::string(text.substr(0, end)), std::string(behind)};
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return {std::string(text), std::string(kDefaultPort)};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  return absl::EqualsIgnoreCase(host, "localhost") || host == "::1" ||
         (::inet_pton(AF_INET, host.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

}  // namespace

std::optional<Address> ParseAddress(std::string_view text) {
  if (text.starts_with("unix:")) return Address{.target = std::string(text), .loopback = true};
  const bool has_scheme = Consume(&text, "dns:///");
  const HostAndPort parts = Split(text);
  const bool v6 = IsIpv6(parts.host);
  if (!IsPort(parts.port) || !(v6 || IsName(parts.host))) return std::nullopt;
  const std::string host = v6 ? "[" + parts.host + "]" : parts.host;
  return Address{.target = (has_scheme ? "dns:///" : "") + host + ":" + parts.port,
                 .host = parts.host,
                 .port = parts.port,
                 .loopback = IsLoopback(parts.host)};
}

}  // namespace drawbridge::ctl
