// Which names a client may call the gateway by. A web page of anywhere can have its own name resolve to the
// gateway's address (DNS rebinding): its Host header and its origin then agree, so same_host lets it in.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HOST_POLICY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HOST_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// A value; any thread may ask it.
class HostPolicy {
 public:
  // All hosts.
  HostPolicy() = default;

  // A comma-separated list of
  //   edge.example.com         this host, at any port
  //   edge.example.com:8443    this host at this port
  //   *.example.com            those under this domain, but not the domain itself; a port may follow
  //   192.0.2.1, [2001:db8::1] addresses; a port may follow
  // Empty: all hosts. nullopt for anything else.
  static std::optional<HostPolicy> Parse(std::string_view list);

  // `host`: the authority that the request names. `default_port`: the one that counts where it names none.
  bool Allows(std::string_view host, uint16_t default_port) const;

 private:
  struct Pattern {
    std::string host;  // of one with a star: what stands behind the star
    std::optional<uint16_t> port;
    bool any_subdomain = false;
  };
  static std::optional<Pattern> ParsePattern(std::string_view text);

  std::vector<Pattern> patterns_;  // empty: all
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HOST_POLICY_H_
