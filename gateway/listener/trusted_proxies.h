// Whose word is taken on where a client really comes from.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/ip_address.h"
#include "gateway/listener/address.h"
#include "gateway/listener/trusted_headers.h"

namespace drawbridge {

// What is known of a client behind proxies.
struct ForwardedClient {
  SocketAddress address;
  std::optional<bool> tls;  // whether it came to its proxy by TLS; nullopt: no believed proxy tells
};

// A value; any thread may ask it.
class TrustedProxies {
 public:
  // Nobody.
  TrustedProxies() = default;

  // A comma-separated list of networks and addresses, as IpNetwork::Parse takes them; empty: nobody. nullopt
  // for anything else.
  static std::optional<TrustedProxies> Parse(std::string_view list);

  bool Contains(const IpAddress& address) const;

  // Where the client of `peer` comes from by the word of header `kind`: each proxy vouches for the hop before
  // it, so the rightmost address that is not trusted stands, with a port of 0 where none is told. Where a
  // proxy hides it, it is the last hop that was told, or `peer`. Nothing is believed where `peer` is not
  // trusted. The proxy that tells the address tells by proto= of the same element, or by X-Forwarded-Proto,
  // whether its client came by TLS.
  ForwardedClient Resolve(const SocketAddress& peer, const ForwardingHeaders& headers,
                          TrustedHeaders::Kind kind) const;

 private:
  using NodeOf = std::optional<SocketAddress> (*)(std::string_view element);
  struct Hop {
    SocketAddress address;
    std::string_view element;  // the last one that was looked at; empty: none
    size_t position = 0;       // of it, from the right; 0: none
  };
  Hop Walk(const SocketAddress& peer, std::string_view list, NodeOf node_of) const;

  std::vector<IpNetwork> networks_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_
