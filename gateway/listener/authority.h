// Host and port, as they appear in a Host header, a URI or an origin.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_AUTHORITY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_AUTHORITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

struct Authority {
  std::string host;              // in lower case; an IPv6 address keeps its brackets; may be empty
  std::optional<uint16_t> port;  // nullopt: the text has none

  // Whether the host is an IPv6 address, or consists only of letters, digits, '-', '.' and '_', as names and
  // addresses in practice do. The grammar allows more.
  bool is_plain() const;
};

// Parses uri-host [ ":" port ] of RFC 9110, section 7.2. The host is a registered name, an IPv4 address or an
// IPv6 address in brackets (RFC 3986, section 3.2); user information and IPv6 zones are not accepted. The
// port has zero or more digits and is at most 65535. Empty text is an authority; a port without a host is
// not. Returns nullopt for any other text.
std::optional<Authority> ParseAuthority(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_AUTHORITY_H_
