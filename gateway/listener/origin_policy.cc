#include "gateway/listener/origin_policy.h"

#include <algorithm>

#include "gateway/base/ascii.h"
#include "gateway/listener/authority.h"

namespace drawbridge {
namespace {

// A host name has at most 253 bytes. The limit also refuses any origin that was truncated to kMaxKeptText.
constexpr size_t kMaxOrigin = 300;

}  // namespace

std::optional<OriginPolicy> OriginPolicy::Parse(std::string_view list) {
  OriginPolicy policy;
  policy.same_host_ = false;
  for (const std::string_view entry : Split(list, ',')) {
    if (entry == "*") {
      policy.all_ = true;
    } else if (entry == "same_host") {
      policy.same_host_ = true;
    } else if (entry == "null") {
      policy.null_ = true;
    } else if (auto pattern = ParseOrigin(entry, true)) {
      policy.patterns_.push_back(*std::move(pattern));
    } else {
      return std::nullopt;
    }
  }
  return policy;
}

std::optional<OriginPolicy::Origin> OriginPolicy::ParseOrigin(std::string_view text, bool may_have_star) {
  const size_t colon = text.find("://");
  if (text.size() > kMaxOrigin) return std::nullopt;
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  Origin origin{.scheme = ToLower(text.substr(0, colon))};
  if (!std::ranges::all_of(origin.scheme,
                           [](char c) { return IsAlphanumeric(c) || c == '+' || c == '-' || c == '.'; })) {
    return std::nullopt;
  }
  text.remove_prefix(colon + 3);
  if (may_have_star && text.starts_with("*.")) {
    origin.any_subdomain = true;
    text.remove_prefix(1);
    if (text.starts_with("..") || text == ".") return std::nullopt;
  }
  const auto authority = ParseAuthority(text);
  if (!authority.has_value() || authority->host.empty() || !authority->is_plain()) return std::nullopt;
  if (text.ends_with(':')) return std::nullopt;
  origin.host = authority->host;
  origin.port = authority->port.value_or(origin.scheme == "https" ? 443 : origin.scheme == "http" ? 80 : 0);
  return origin;
}

bool OriginPolicy::Matches(const Origin& pattern, const Origin& origin) {
  if (pattern.scheme != origin.scheme || pattern.port != origin.port) return false;
  if (!pattern.any_subdomain) return pattern.host == origin.host;
  return origin.host.size() > pattern.host.size() && origin.host.ends_with(pattern.host);
}

bool OriginPolicy::Allows(std::string_view origin, std::string_view host) const {
  if (all_ || origin.empty()) return true;
  if (origin == "null") return null_;
  // Not an origin by RFC 6454, section 6.2, but golang.org/x/net/websocket sends it, as documented.
  if (origin.ends_with('/')) origin.remove_suffix(1);
  const auto parsed = ParseOrigin(origin, false);
  if (!parsed.has_value()) return false;
  if (same_host_) {
    const auto own = ParseAuthority(host);
    if (own.has_value() && own->host == parsed->host) return true;
  }
  return std::ranges::any_of(patterns_, [&](const Origin& pattern) { return Matches(pattern, *parsed); });
}

}  // namespace drawbridge
