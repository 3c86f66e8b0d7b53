// The forwarding headers of a trusted proxy that the gateway believes.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_HEADERS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// What a request says about earlier hops. The lines of a repeated header are joined by commas.
struct ForwardingHeaders {
  std::string forwarded;  // RFC 7239
  std::string x_forwarded_for;
  std::string x_forwarded_proto;
};

// A value. Const functions are thread-safe.
class TrustedHeaders {
 public:
  // How a proxy tells the address of its client.
  enum class Kind : uint8_t { kProxyProtocol, kXForwarded, kForwarded };

  // Automatic: the PROXY protocol if the proxy speaks it, else X-Forwarded-For if there is one, else
  // Forwarded. X-Forwarded-For comes first because most proxies set it and pass on a Forwarded header of the
  // client.
  TrustedHeaders() = default;

  // `auto`, or a comma-separated list of proxy_protocol, x-forwarded-for and forwarded. Of the two headers,
  // the first in the list that a request has is believed, even after a PROXY protocol header. nullopt for
  // anything else, including a repeated word.
  static std::optional<TrustedHeaders> Parse(std::string_view list);

  // Whether a trusted proxy may speak the PROXY protocol.
  bool proxy_protocol() const;
  // The kind of header that is believed for a request; nullopt: none. `behind_proxy_protocol`: whether the
  // connection began with a PROXY protocol header.
  std::optional<Kind> HeaderOf(const ForwardingHeaders& headers, bool behind_proxy_protocol) const;

 private:
  std::vector<Kind> kinds_;  // empty: auto
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_HEADERS_H_
