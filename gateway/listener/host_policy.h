// The host names that a client may use for the gateway. Any web page can make its own host name resolve to
// the gateway's address (DNS rebinding). Its Host header and its origin then agree, so same_host allows it.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HOST_POLICY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HOST_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// A value. Const functions are thread-safe.
class HostPolicy {
 public:
  // Allows all hosts.
  HostPolicy() = default;

  // A comma-separated list of
  //   edge.example.com         this host, at any port
  //   edge.example.com:8443    this host at this port
  //   *.example.com            its subdomains, but not the domain itself; a port may follow
  //   192.0.2.1, [2001:db8::1] addresses; a port may follow
  // Empty: all hosts. nullopt for anything else.
  static std::optional<HostPolicy> Parse(std::string_view list);

  // `host`: the authority that the request names. `default_port`: used where `host` has no port.
  bool Allows(std::string_view host, uint16_t default_port) const;

 private:
  struct Pattern {
    std::string host;  // of a pattern with '*': the text after it
    std::optional<uint16_t> port;
    bool any_subdomain = false;
  };
  static std::optional<Pattern> ParsePattern(std::string_view text);

  std::vector<Pattern> patterns_;  // empty: all
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HOST_POLICY_H_
