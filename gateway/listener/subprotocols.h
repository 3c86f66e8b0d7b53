// Chooses the subprotocol (RFC 6455, section 4.2.2, /subprotocol/).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_SUBPROTOCOLS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_SUBPROTOCOLS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drawbridge {

// A browser lets a page set no header except Sec-WebSocket-Protocol, so pages pass bearer tokens in it. These
// are the prefixes of Kubernetes and Phoenix (base64url.bearer.), Jupyter, OpenAI, and of JSON Web Tokens
// without another prefix (eyJ).
inline constexpr char kTokenPrefixes[] =
    "base64url.bearer.,bearer.,access_token.,auth.,eyJ,v1.token.websocket.jupyter.org.,openai-insecure-api-"
    "key.";

// No subprotocol name is that long. A longer entry is probably a token.
inline constexpr size_t kMaxSubprotocol = 512;

// A value. Const functions are thread-safe.
class SubprotocolPolicy {
 public:
  // Accepts the first offered subprotocol that does not begin with one of kTokenPrefixes.
  SubprotocolPolicy();

  // `spoken`: a comma-separated list of the supported subprotocols, the best first; empty: any.
  // `token_prefixes`: a comma-separated list of the prefixes of entries that carry a token; empty: none.
  // nullopt if an entry is empty or is not a token of HTTP.
  static std::optional<SubprotocolPolicy> Parse(std::string_view spoken, std::string_view token_prefixes);

  // Returns the best of the supported subprotocols that are offered. If any is supported, returns the first
  // that carries no token and has at most kMaxSubprotocol bytes. Empty: none. `offered` is in the client's
  // order; the result is a view of it. Names are compared byte by byte, prefixes without regard to case.
  std::string_view Choose(const std::vector<std::string>& offered) const;

 private:
  SubprotocolPolicy(std::vector<std::string> spoken, std::vector<std::string> token_prefixes)
      : spoken_(std::move(spoken)), token_prefixes_(std::move(token_prefixes)) {}
  bool CarriesToken(std::string_view entry) const;

  std::vector<std::string> spoken_;
  std::vector<std::string> token_prefixes_;  // in lower case
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_SUBPROTOCOLS_H_
