#include "gateway/listener/host_policy.h"

#include <algorithm>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/listener/authority.h"

namespace drawbridge {

std::optional<HostPolicy> HostPolicy::Parse(std::string_view list) {
  HostPolicy policy;
  if (Trim(list).empty()) return policy;
  for (const std::string_view entry : Split(list, ',')) {
    auto pattern = ParsePattern(entry);
    if (!pattern.has_value()) return std::nullopt;
    policy.patterns_.push_back(*std::move(pattern));
  }
  return policy;
}

std::optional<HostPolicy::Pattern> HostPolicy::ParsePattern(std::string_view text) {
  Pattern pattern{.any_subdomain = text.starts_with("*.")};
  if (pattern.any_subdomain) text.remove_prefix(1);
  const auto authority = ParseAuthority(text);
  if (!authority.has_value() || authority->host.empty() || !authority->is_plain() || text.ends_with(':')) {
    return std::nullopt;
  }
  // A name begins with a letter or a digit.
  if (authority->host.starts_with("..") || authority->host == "." ||
      authority->host.starts_with('.') != pattern.any_subdomain) {
    return std::nullopt;
  }
  pattern.host = authority->host;
  pattern.port = authority->port;
  return pattern;
}

bool HostPolicy::Allows(std::string_view host, uint16_t default_port) const {
  if (patterns_.empty()) return true;
  const auto asked = ParseAuthority(host);
  if (!asked.has_value()) return false;
  return std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
    if (pattern.port.has_value() && *pattern.port != asked->port.value_or(default_port)) return false;
    if (!pattern.any_subdomain) return asked->host == pattern.host;
    return asked->host.size() > pattern.host.size() && asked->host.ends_with(pattern.host);
  });
}

}  // namespace drawbridge
