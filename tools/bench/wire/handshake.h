// The opening handshake (RFC 6455, section 4) as strings, for the floor's side and the client's.
#ifndef DRAWBRIDGE_TOOLS_BENCH_WIRE_HANDSHAKE_H_
#define DRAWBRIDGE_TOOLS_BENCH_WIRE_HANDSHAKE_H_

#include <string>
#include <string_view>

namespace drawbridge::bench {

// What the server must answer in Sec-WebSocket-Accept to a client's Sec-WebSocket-Key.
std::string AcceptKey(std::string_view key);

// The value of a header in a request or response head, without the blanks around it; empty when it is
// absent. Names compare without case.
std::string_view HeaderValue(std::string_view head, std::string_view name);

// A whole upgrade request for `host` (host:port).
std::string UpgradeRequest(std::string_view host, std::string_view path, std::string_view key);

// The whole 101 response to a request with this key.
std::string UpgradeResponse(std::string_view key);

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_WIRE_HANDSHAKE_H_
