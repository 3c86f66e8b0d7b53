#include "gateway/listener/request_target.h"

#include <algorithm>
#include <string>

#include "gateway/base/ascii.h"
#include "gateway/listener/authority.h"

namespace drawbridge {
namespace {

bool IsTargetCharacter(char c) { return c > ' ' && c < '\x7f' && c != '#'; }

}  // namespace

std::optional<RequestTarget> ParseRequestTarget(std::string_view text) {
  if (!std::ranges::all_of(text, IsTargetCharacter)) return std::nullopt;
  RequestTarget target;
  if (!text.starts_with('/')) {
    const size_t colon = std::min(text.find("://"), text.size());
    const std::string scheme = ToLower(text.substr(0, colon));
    if (scheme != "http" && scheme != "https") return std::nullopt;
    text.remove_prefix(std::min(colon + 3, text.size()));
    target.authority = text.substr(0, text.find_first_of("/?"));
    // Without a host the URI is invalid (RFC 9110, section 4.2.1).
    if (target.authority.empty() || !ParseAuthority(target.authority).has_value()) return std::nullopt;
    text.remove_prefix(target.authority.size());
  }
  const size_t question = std::min(text.find('?'), text.size());
  target.path = text.substr(0, question);
  if (question < text.size()) target.query = text.substr(question + 1);
  if (target.path.empty()) target.path = "/";
  return target;
}

}  // namespace drawbridge
