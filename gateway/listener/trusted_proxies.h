// Whose word is taken on where a client really comes from.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/ip_address.h"
#include "gateway/listener/address.h"

namespace drawbridge {

// What a request says of the hops before; the lines of a header that comes more than once joined by commas.
struct ForwardingHeaders {
  std::string forwarded;  // RFC 7239
  std::string x_forwarded_for;
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

  // Where the client of `peer` really comes from: each proxy vouches for the hop before it, so the rightmost
  // one that is not trusted stands, with a port of 0 where none is told. Where a proxy hides it, or the two
  // headers disagree, of which the client may have written one, it is `peer` or the last hop that was told.
  SocketAddress Resolve(const SocketAddress& peer, const ForwardingHeaders& headers) const;

 private:
  using NodeOf = std::optional<SocketAddress> (*)(std::string_view element);
  SocketAddress Walk(const SocketAddress& peer, std::string_view list, NodeOf node_of) const;

  std::vector<IpNetwork> networks_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TRUSTED_PROXIES_H_
