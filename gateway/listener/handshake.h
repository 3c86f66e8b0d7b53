// The opening handshake of the server's side (RFC 6455, section 4.2): HTTP bytes in, a verdict out. No I/O.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/listener/extensions.h"
#include "gateway/listener/trusted_proxies.h"

namespace drawbridge {

// A request whose upgrade may be accepted.
struct UpgradeRequest {
  std::string path;
  std::string accept;       // Sec-WebSocket-Accept
  std::string subprotocol;  // the first one offered; empty: none was
  std::string user_agent;
  std::string origin;
  std::string host;
  std::vector<Extension> extensions;  // that it offers
  ForwardingHeaders forwarding;
};

// A request that is answered with HTTP and done with.
struct HttpAnswer {
  int status;
  std::string text;     // one line, without its end
  std::string headers;  // further ones, each with its CRLF
};

using Verdict = std::variant<UpgradeRequest, HttpAnswer>;

inline constexpr size_t kMaxHeaderBytes = 16 * 1024;
// Longer ones are cut off in what is kept of a connection.
inline constexpr size_t kMaxKeptHeaderValue = 512;

// Not thread-safe.
class RequestReader {
 public:
  RequestReader();
  ~RequestReader();

  // Takes what has arrived; nullopt while the request is not complete. Called no more after a verdict.
  std::optional<Verdict> Feed(std::span<char> bytes);

  // What came behind the request; valid while the bytes last fed stand. After a verdict.
  std::span<char> rest() const { return rest_; }

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  size_t received_ = 0;  // of the header, at most kMaxHeaderBytes
  std::string partial_;  // a header line cut by the end of the input
  std::span<char> rest_;
};

// The answer that switches protocols. `extensions`: those agreed on; empty: none.
std::string SwitchingProtocols(const UpgradeRequest& request, std::string_view connection_id,
                               std::string_view extensions = {});

// The answer of plain HTTP, after which the connection is closed.
std::string Serialize(const HttpAnswer& answer);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_HANDSHAKE_H_
