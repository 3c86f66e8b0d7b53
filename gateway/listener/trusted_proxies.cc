#include "gateway/listener/trusted_proxies.h"

#include <algorithm>

#include "gateway/base/ascii.h"

namespace drawbridge {
namespace {

// Removes the text after the last `separator` outside quotes from the end of `list` and returns it. Scans
// from the right, so that a quote that the client left open does not hide what proxies have appended.
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

// An address with or without a port; IPv6 with or without brackets.
std::optional<SocketAddress> ParseNode(std::string_view text) {
  if (const auto bare = IpAddress::Parse(text)) return SocketAddress(*bare, 0);
  if (text.starts_with('[') && text.ends_with(']')) {
    const auto address = IpAddress::Parse(text.substr(1, text.size() - 2));
    return address.has_value() ? std::optional(SocketAddress(*address, 0)) : std::nullopt;
  }
  return SocketAddress::Parse(text);
}

// The value of a parameter of a Forwarded element, without its quotes; nullopt if it is missing. `name` is in
// lower case, with its '='.
std::optional<std::string_view> ForwardedParameter(std::string_view element, std::string_view name) {
  while (!element.empty()) {
    std::string_view pair = TakeLast(element, ';');
    if (ToLower(pair.substr(0, name.size())) != name) continue;
    pair.remove_prefix(name.size());
    const bool quoted = pair.size() >= 2 && pair.front() == '"' && pair.back() == '"';
    return quoted ? pair.substr(1, pair.size() - 2) : pair;
  }
  return std::nullopt;
}

// The node of for=; nullopt if it is hidden ("unknown", "_name"), missing or invalid.
std::optional<SocketAddress> ForwardedNode(std::string_view element) {
  const auto node = ForwardedParameter(element, "for=");
  return node.has_value() ? ParseNode(*node) : std::nullopt;
}

// Whether a scheme implies TLS; nullopt if it is not one that a WebSocket client uses.
std::optional<bool> IsTls(std::string_view scheme) {
  const std::string lower = ToLower(scheme);
  if (lower == "https" || lower == "wss") return true;
  if (lower == "http" || lower == "ws") return false;
  return std::nullopt;
}

// The element at `position` from the right, or the first if there are fewer: most proxies set one for all
// hops.
std::string_view ElementAt(std::string_view list, size_t position) {
  std::string_view element;
  while (position > 0 && !list.empty()) {
    const std::string_view last = TakeLast(list, ',');
    if (last.empty()) continue;
    element = last;
    --position;
  }
  return element;
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

ForwardedClient TrustedProxies::Resolve(const SocketAddress& peer, const ForwardingHeaders& headers,
                                        TrustedHeaders::Kind kind) const {
  if (!Contains(peer.ip())) return {.address = peer, .tls = std::nullopt};
  if (kind == TrustedHeaders::Kind::kForwarded) {
    const Hop hop = Walk(peer, headers.forwarded, ForwardedNode);
    return {.address = hop.address, .tls = IsTls(ForwardedParameter(hop.element, "proto=").value_or(""))};
  }
  const Hop hop = Walk(peer, headers.x_forwarded_for, ParseNode);
  const size_t position = std::max<size_t>(hop.position, 1);
  return {.address = hop.address, .tls = IsTls(ElementAt(headers.x_forwarded_proto, position))};
}

TrustedProxies::Hop TrustedProxies::Walk(const SocketAddress& peer, std::string_view list,
                                         NodeOf node_of) const {
  Hop hop{.address = peer};
  while (!list.empty() && Contains(hop.address.ip())) {
    const std::string_view element = TakeLast(list, ',');
    if (element.empty()) continue;
    hop.element = element;
    ++hop.position;
    const auto node = node_of(element);
    if (!node.has_value()) break;
    hop.address = *node;
  }
  return hop;
}

}  // namespace drawbridge
