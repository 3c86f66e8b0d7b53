#include "gateway/listener/trusted_proxies.h"

#include <algorithm>

#include "gateway/base/ascii.h"

namespace drawbridge {
namespace {

// Takes what is behind the last `separator` outside of quotes off the end of `list`. From the right, since a
// quote that the client left open must not swallow what proxies wrote behind it.
std::string_view TakeLast(std::string_view& list, char separator) {
  bool quoted = false;
  size_t begin = list.size();
  while (begin > 0 && (quoted || list[begin - 1] != separator)) {
    if (list[--begin] == '"') quoted = !quoted;
  }
  const std::string_view last = list.substr(begin);
  list = list.substr(0, begin == 0 ? 0 : begin - 1);
  return Trim(last);
}

// An address, with a port or without, IPv6 with brackets or without.
std::optional<SocketAddress> ParseNode(std::string_view text) {
  if (const auto bare = IpAddress::Parse(text)) return SocketAddress(*bare, 0);
  if (text.starts_with('[') && text.ends_with(']')) {
    const auto address = IpAddress::Parse(text.substr(1, text.size() - 2));
    return address.has_value() ? std::optional(SocketAddress(*address, 0)) : std::nullopt;
  }
  return SocketAddress::Parse(text);
}

// The node of for=; nullopt where it is hidden ("unknown", "_name"), missing or nonsense.
std::optional<SocketAddress> ForwardedNode(std::string_view element) {
  while (!element.empty()) {
    std::string_view pair = TakeLast(element, ';');
    if (ToLower(pair.substr(0, 4)) != "for=") continue;
    pair.remove_prefix(4);
    const bool quoted = pair.size() >= 2 && pair.front() == '"' && pair.back() == '"';
    return ParseNode(quoted ? pair.substr(1, pair.size() - 2) : pair);
  }
  return std::nullopt;
}

}  // namespace

std::optional<TrustedProxies> TrustedProxies::Parse(std::string_view list) {
  TrustedProxies proxies;
  if (Trim(list).empty()) return proxies;
  for (const std::string_view entry : Split(list, ',')) {
    const auto network = IpNetwork::Parse(entry);
    if (!network.has_value()) return std::nullopt;
    proxies.networks_.push_back(*network);
  }
  return proxies;
}

bool TrustedProxies::Contains(const IpAddress& address) const {
  return std::ranges::any_of(networks_, [&](const IpNetwork& network) { return network.Contains(address); });
}

SocketAddress TrustedProxies::Resolve(const SocketAddress& peer, const ForwardingHeaders& headers) const {
  const SocketAddress by_forwarded = Walk(peer, headers.forwarded, ForwardedNode);
  const SocketAddress by_x_forwarded_for = Walk(peer, headers.x_forwarded_for, ParseNode);
  if (headers.x_forwarded_for.empty()) return by_forwarded;
  if (headers.forwarded.empty()) return by_x_forwarded_for;
  return by_forwarded.ip() == by_x_forwarded_for.ip() ? by_forwarded : peer;
}

SocketAddress TrustedProxies::Walk(const SocketAddress& peer, std::string_view list, NodeOf node_of) const {
  SocketAddress known = peer;
  while (!list.empty() && Contains(known.ip())) {
    const std::string_view element = TakeLast(list, ',');
    if (element.empty()) continue;
    const auto node = node_of(element);
    if (!node.has_value()) break;
    known = *node;
  }
  return known;
}

}  // namespace drawbridge
