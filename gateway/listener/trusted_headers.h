// Which words of a trusted proxy are believed.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_HEADERS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// What a request says of the hops before; the lines of a header that comes more than once joined by commas.
struct ForwardingHeaders {
  std::string forwarded;  // RFC 7239
  std::string x_forwarded_for;
  std::string x_forwarded_proto;
};

// A value; any thread may ask it.
class TrustedHeaders {
 public:
  // How a proxy tells of its client.
  enum class Kind : uint8_t { kProxyProtocol, kXForwarded, kForwarded };

  // By itself: the PROXY protocol where the proxy speaks it, else X-Forwarded-For where there is one, else
  // Forwarded. Most proxies set X-Forwarded-For and pass on a Forwarded header that the client wrote.
  TrustedHeaders() = default;

  // `auto`, or a comma-separated list of proxy_protocol, x-forwarded-for and forwarded: of the two headers
  // the first in the list that a request has, behind the PROXY protocol too. nullopt for anything else, a
  // word twice included.
  static std::optional<TrustedHeaders> Parse(std::string_view list);

  // Whether a trusted proxy may speak the PROXY protocol.
  bool proxy_protocol() const;
  // The kind of header that is believed in a request; nullopt: none. `behind_proxy_protocol`: whether the
  // connection began with a header of that protocol.
  std::optional<Kind> HeaderOf(const ForwardingHeaders& headers, bool behind_proxy_protocol) const;

 private:
  std::vector<Kind> kinds_;  // empty: auto
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_HEADERS_H_
