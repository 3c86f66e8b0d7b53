// The web pages that may connect. A browser sends the origin of the page, and sends the user's cookies to any
// server that the page connects to.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_ORIGIN_POLICY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_ORIGIN_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// A value. Const functions are thread-safe.
class OriginPolicy {
 public:
  // Allows same_host only.
  OriginPolicy() = default;

  // A comma-separated list of
  //   same_host                  the name in the Host header, with any scheme and port
  //   https://app.example.com    this origin; without a port, the default port of the scheme
  //   https://*.example.com      its subdomains, but not the domain itself
  //   null                       pages without an origin, such as files
  //   *                          all
  // nullopt for anything else, an empty list included.
  static std::optional<OriginPolicy> Parse(std::string_view list);

  // `origin`: the Origin header; one slash after the host is ignored. An empty one is allowed: clients other
  // than browsers send none. `host`: the Host header.
  bool Allows(std::string_view origin, std::string_view host) const;

 private:
  struct Origin {
    std::string scheme;
    std::string host;  // of a pattern with '*': the text after it
    uint16_t port = 0;
    bool any_subdomain = false;
  };
  static std::optional<Origin> ParseOrigin(std::string_view text, bool may_have_star);
  static bool Matches(const Origin& pattern, const Origin& origin);

  bool all_ = false;
  bool same_host_ = true;
  bool null_ = false;
  std::vector<Origin> patterns_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_ORIGIN_POLICY_H_
