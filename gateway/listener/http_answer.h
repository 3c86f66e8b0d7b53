// The gateway's answers to HTTP requests.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HTTP_ANSWER_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HTTP_ANSWER_H_

#include <string>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// An answer in plain HTTP. The connection is closed after it.
struct HttpAnswer {
  int status;
  std::string text;                                             // one line, without its line end
  std::string headers;                                          // additional headers, each with its CRLF
  std::string_view content_type = "text/plain; charset=utf-8";  // a literal
};

// 426 (RFC 9110, section 15.5.22), with the supported version of WebSocket (RFC 6455, section 4.4).
HttpAnswer UpgradeRequired(std::string text);

// `now`: for the Date header (RFC 9110, section 6.6.1). An answer to HEAD has no body; its Content-Length is
// that of the answer to GET. 204 has neither (RFC 9110, section 8.6).
std::string Serialize(const HttpAnswer& answer, WallTime now, bool to_head = false);

// What a client and the gateway have agreed on. The members are views.
struct Agreement {
  std::string_view accept;         // Sec-WebSocket-Accept
  std::string_view connection_id;  // empty: none is told
  std::string_view subprotocol;    // empty: none
  std::string_view extensions;     // empty: none
};
// The answer that switches protocols (RFC 6455, section 4.2.2).
std::string SwitchingProtocols(const Agreement& agreement, WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HTTP_ANSWER_H_
