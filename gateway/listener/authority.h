// Host and port, as a Host header, a URI and an origin name them.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_AUTHORITY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_AUTHORITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

struct Authority {
  std::string host;              // in lower case; IPv6 in its brackets; may be empty
  std::optional<uint16_t> port;  // nullopt: none is written

  // Whether the host is an address of IPv6 or consists of letters, digits, '-', '.' and '_', as names and
  // addresses in use do. The grammar allows more.
  bool is_plain() const;
};

// uri-host [ ":" port ] of RFC 9110, section 7.2, whose parts are in RFC 3986, section 3.2: a registered
// name, an IPv4 address or an IPv6 address in brackets; no user, no zone. The port consists of digits, none
// included, and is at most 65535. An empty text is an authority; a port without a host is not. nullopt for
// all else.
std::optional<Authority> ParseAuthority(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_AUTHORITY_H_
