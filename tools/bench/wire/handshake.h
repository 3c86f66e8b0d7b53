// The opening handshake (RFC 6455, section 4) as strings, for server and client.
#ifndef DRAWBRIDGE_TOOLS_BENCH_WIRE_HANDSHAKE_H_
#define DRAWBRIDGE_TOOLS_BENCH_WIRE_HANDSHAKE_H_

#include <string>
#include <string_view>

namespace drawbridge::bench {

// The Sec-WebSocket-Accept value for a Sec-WebSocket-Key.
std::string AcceptKey(std::string_view key);

// The value of a header in a request or response head, without surrounding whitespace; empty if it is absent.
// Names are case-insensitive.
std::string_view HeaderValue(std::string_view head, std::string_view name);

// A complete upgrade request for `host` (host:port).
std::string UpgradeRequest(std::string_view host, std::string_view path, std::string_view key);

// The complete 101 response to a request with this key.
std::string UpgradeResponse(std::string_view key);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_WIRE_HANDSHAKE_H_
