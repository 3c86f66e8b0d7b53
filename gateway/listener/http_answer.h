// What the gateway answers to an HTTP request.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HTTP_ANSWER_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HTTP_ANSWER_H_

#include <string>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// A request that is answered with plain HTTP, after which the connection is closed.
struct HttpAnswer {
  int status;
  std::string text;     // one line, without its end
  std::string headers;  // further ones, each with its CRLF
};

// 426 (RFC 9110, section 15.5.22), with the version of WebSocket that is served (RFC 6455, section 4.4).
HttpAnswer UpgradeRequired(std::string text);

// `now`: for the Date header (RFC 9110, section 6.6.1). An answer to HEAD has no body; its Content-Length is
// the one of GET.
std::string Serialize(const HttpAnswer& answer, WallTime now, bool to_head = false);

// What a client and the gateway agree on. Views.
struct Agreement {
  std::string_view accept;  // Sec-WebSocket-Accept
  std::string_view connection_id;
  std::string_view subprotocol;  // empty: none
  std::string_view extensions;   // empty: none
};
// The answer that switches protocols (RFC 6455, section 4.2.2).
std::string SwitchingProtocols(const Agreement& agreement, WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HTTP_ANSWER_H_
