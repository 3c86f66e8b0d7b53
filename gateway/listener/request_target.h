// The target of a request (RFC 9112, section 3.2).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_TARGET_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_TARGET_H_

#include <optional>
#include <string_view>

namespace drawbridge {

// Views of the parsed text.
struct RequestTarget {
  std::string_view path;       // begins with a slash; without the query
  std::string_view authority;  // empty: see the Host header
  std::string_view query;      // without the question mark; never listed or logged, since it may hold a token
};

// Parses the origin form (a path) or the absolute form (an HTTP or HTTPS URI, RFC 6455, section 4.2.1, point
// 1), each with or without a query. Returns nullopt for another form, for a fragment, and for bytes other
// than printable ASCII. Characters that a URI may only contain in escaped form, such as '|', are accepted,
// since browsers send them unescaped.
std::optional<RequestTarget> ParseRequestTarget(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_REQUEST_TARGET_H_
