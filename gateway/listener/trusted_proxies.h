// The proxies that are trusted to tell the address of a client.
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

// What is known about a client behind proxies.
struct ForwardedClient {
  SocketAddress address;
  std::optional<bool> tls;  // whether it connected to its proxy by TLS; nullopt: no trusted proxy tells
};

// A value. Const functions are thread-safe.
class TrustedProxies {
 public:
  // Trusts no proxy.
  TrustedProxies() = default;

  // A comma-separated list of networks and addresses, as IpNetwork::Parse takes them; empty: no proxy.
  // nullopt for anything else.
  static std::optional<TrustedProxies> Parse(std::string_view list);

  bool Contains(const IpAddress& address) const;

  // Finds the client of the connection from `peer` by the header `kind`. Each trusted proxy tells the address
  // of the hop before it, so the result is the rightmost address that is not trusted, with port 0 where none
  // is given. Where a proxy hides the address, the result is the last hop that is known, or `peer`. If `peer`
  // is not trusted, the header is ignored. Whether the client uses TLS is told by the proxy that tells the
  // address: by proto= of the same element, or by X-Forwarded-Proto.
  ForwardedClient Resolve(const SocketAddress& peer, const ForwardingHeaders& headers,
                          TrustedHeaders::Kind kind) const;

 private:
  using NodeOf = std::optional<SocketAddress> (*)(std::string_view element);
  struct Hop {
    SocketAddress address;
    std::string_view element;  // the last element that was read; empty: none
    size_t position = 0;       // its position from the right; 0: none
  };
  Hop Walk(const SocketAddress& peer, std::string_view list, NodeOf node_of) const;

  std::vector<IpNetwork> networks_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_
