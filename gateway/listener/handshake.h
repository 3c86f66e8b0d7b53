// The server side of the opening handshake (RFC 6455, section 4.2): takes an HTTP request, returns a verdict.
// No I/O.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/listener/extensions.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/trusted_headers.h"

namespace drawbridge {

// The texts that are kept for a connection are truncated to this many bytes.
inline constexpr size_t kMaxKeptText = 512;

// A request whose upgrade may be accepted.
struct UpgradeRequest {
  std::string path;
  std::string accept;                     // Sec-WebSocket-Accept
  std::vector<std::string> subprotocols;  // offered by the client, the best first
  std::string user_agent;
  std::string origin;
  uint8_t cut_texts = 0;  // bits of CutText (gateway/connections/connection_info.h)
  std::string host;
  std::vector<Extension> extensions;  // offered by the client
  ForwardingHeaders forwarding;
};

// Where clients renew the identity of their connections. Under /.well-known/ (RFC 8615), so that it is never
// a path of an application.
inline constexpr std::string_view kRenewalPath = "/.well-known/drawbridge/renew";
inline constexpr size_t kMaxRenewalBytes = 16 * 1024;  // of the body

// A request to kRenewalPath. Its body follows.
struct RenewalRequest {
  // Why the request is refused whatever the client has to show: 405, 411, 413 or 415. Its body is not read.
  std::optional<HttpAnswer> fault;
  bool is_preflight = false;     // OPTIONS, by which a browser asks whether a page may send the request
  bool awaits_continue = false;  // the client sends the body after 100 (RFC 9110, section 10.1.1)
  size_t body_bytes = 0;         // at most kMaxRenewalBytes
  std::string origin;
  std::string host;
  ForwardingHeaders forwarding;
};

using Verdict = std::variant<UpgradeRequest, RenewalRequest, HttpAnswer>;

// Judges a request by its header alone: whether it is well formed, and asks for an upgrade or for a renewal.
// Thread-safe.
Verdict Judge(const boost::beast::http::request_header<>& header);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_
