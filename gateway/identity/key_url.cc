#include "gateway/identity/key_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "gateway/base/ascii.h"
#include "gateway/base/ip_address.h"

namespace drawbridge {
namespace {

constexpr size_t kLongest = 2048;
constexpr std::string_view kDefaultPort = "443";

bool IsHostName(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
}

// Splits "host", "host:port", "[ipv6]" and "[ipv6]:port".
bool SplitAuthority(std::string_view authority, KeyUrl* url) {
  const bool bracketed = authority.starts_with('[');
  const size_t end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (end == std::string_view::npos) return false;
  url->host = authority.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0));
  const std::string_view rest = authority.substr(end + (bracketed ? 1 : 0));
  if (bracketed ? !IpAddress::Parse(url->host).has_value() : !IsHostName(url->host)) return false;
  if (rest.empty()) {
    url->port = kDefaultPort;
    return true;
  }
  const auto port = ParseNumber<uint16_t>(rest.substr(1));
  if (!rest.starts_with(':') || !port.has_value() || *port == 0) return false;
  url->port = std::to_string(*port);
  return true;
}

}  // namespace

std::string KeyUrl::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  const std::string name = is_v6 ? fmt::format("[{}]", host) : host;
  return port == kDefaultPort ? name : fmt::format("{}:{}", name, port);
}

std::optional<KeyUrl> KeyUrl::Parse(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  const auto is_printable = [](char c) { return c > ' ' && c < '\x7f' && c != '#'; };
  if (text.size() > kLongest || !std::ranges::all_of(text, is_printable)) return std::nullopt;
  if (ToLower(text.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  KeyUrl url;
  if (!SplitAuthority(text.substr(0, end), &url)) return std::nullopt;
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace drawbridge
