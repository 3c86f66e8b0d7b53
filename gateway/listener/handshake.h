// The opening handshake of the server's side (RFC 6455, section 4.2): an HTTP request in, a verdict out. No
// I/O.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gateway/listener/extensions.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/trusted_headers.h"

namespace drawbridge {

// Longer texts are cut off in what is kept of a connection.
inline constexpr size_t kMaxKeptText = 512;

// A request whose upgrade may be accepted.
struct UpgradeRequest {
  std::string path;
  std::string accept;                     // Sec-WebSocket-Accept
  std::vector<std::string> subprotocols;  // that it offers, the best first
  std::string user_agent;
  std::string origin;
  uint8_t cut_texts = 0;  // of CutText (gateway/connections/connection_info.h)
  std::string host;
  std::vector<Extension> extensions;  // that it offers
  ForwardingHeaders forwarding;
};

using Verdict = std::variant<UpgradeRequest, HttpAnswer>;

// Judges a request by its header alone: what it asks for, and whether that is well formed. Thread-safe.
Verdict Judge(const boost::beast::http::request_header<>& header);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_
