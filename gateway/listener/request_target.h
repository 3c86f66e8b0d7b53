// What a request asks for (RFC 9112, section 3.2).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_TARGET_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_TARGET_H_

#include <optional>
#include <string_view>

namespace drawbridge {

// Views the text that it was parsed from.
struct RequestTarget {
  std::string_view path;       // begins with a slash; without the query
  std::string_view authority;  // empty: the Host header tells
};

// The origin form (a path) or the absolute form (an HTTP or HTTPS URI, RFC 6455, section 4.2.1, point 1),
// each with or without a query. nullopt for another form, for a fragment, and for bytes that no URI has:
// anything but printable ASCII. Characters that a URI has in escapes only, such as '|', are accepted:
// browsers send them.
std::optional<RequestTarget> ParseRequestTarget(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_TARGET_H_
