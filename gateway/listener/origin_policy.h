// Which web pages may connect: browsers tell the page's origin and attach its visitor's cookies to any
// server.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_ORIGIN_POLICY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_ORIGIN_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// A value; any thread may ask it.
class OriginPolicy {
 public:
  // same_host alone.
  OriginPolicy() = default;

  // A comma-separated list of
  //   same_host                  the name in the Host header, whatever the scheme and port
  //   https://app.example.com    this origin, its port too; that of the scheme where none is written
  //   https://*.example.com      those under this domain, but not the domain itself
  //   null                       pages without an origin, such as files
  //   *                          all
  // nullopt for anything else, nothing at all included.
  static std::optional<OriginPolicy> Parse(std::string_view list);

  // `origin`: the header, a single slash behind the host included; empty where there is none, as from clients
  // that are no browsers: allowed.
  // `host`: the Host header.
  bool Allows(std::string_view origin, std::string_view host) const;

 private:
  struct Origin {
    std::string scheme;
    std::string host;  // of a pattern with a star: what stands behind the star
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
