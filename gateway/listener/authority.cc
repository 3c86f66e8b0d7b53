#include "gateway/listener/authority.h"

#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/base/ip_address.h"

namespace drawbridge {
namespace {

bool IsHexDigit(char c) { return IsDigit(c) || (ToLower(c) >= 'a' && ToLower(c) <= 'f'); }

// unreserved / sub-delims
bool IsNameCharacter(char c) {
  return IsAlphanumeric(c) ||
         (c != '\0' && std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos);
}

// *( unreserved / pct-encoded / sub-delims )
bool IsRegisteredName(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsNameCharacter(text[i])) continue;
    if (text[i] != '%' || i + 2 >= text.size() || !IsHexDigit(text[i + 1]) || !IsHexDigit(text[i + 2])) {
      return false;
    }
    i += 2;
  }
  return true;
}

// Including its brackets.
bool IsIpv6Literal(std::string_view text) {
  const std::string_view inside = text.substr(1, text.size() - 2);
  return inside.find(':') != std::string_view::npos && IpAddress::Parse(inside).has_value();
}

}  // namespace

bool Authority::is_plain() const {
  return host.starts_with('[') || std::ranges::all_of(host, [](char c) {
           return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_';
         });
}

std::optional<Authority> ParseAuthority(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const size_t close = text.find(']');
  if (bracketed && close == std::string_view::npos) return std::nullopt;
  const size_t end = bracketed ? close + 1 : std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, end);
  if (bracketed ? !IsIpv6Literal(host) : !IsRegisteredName(host)) return std::nullopt;
  Authority authority{.host = ToLower(host)};
  if (end == text.size()) return authority;
  if (text[end] != ':' || host.empty()) return std::nullopt;
  const std::string_view port = text.substr(end + 1);
  if (port.empty()) return authority;
  authority.port = ParseNumber<uint16_t>(port);
  if (!authority.port.has_value()) return std::nullopt;
  return authority;
}

}  // namespace drawbridge
