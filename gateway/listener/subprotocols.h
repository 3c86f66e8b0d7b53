// Which subprotocol is agreed to (RFC 6455, section 4.2.2, /subprotocol/).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_SUBPROTOCOLS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_SUBPROTOCOLS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drawbridge {

// Browsers let a page set no header but Sec-WebSocket-Protocol, so pages pass bearer tokens in it: Kubernetes
// and Phoenix (base64url.bearer.), Jupyter, OpenAI, JSON Web Tokens without a name in front (eyJ).
inline constexpr char kTokenPrefixes[] =
    "base64url.bearer.,bearer.,access_token.,auth.,eyJ,v1.token.websocket.jupyter.org.,openai-insecure-api-"
    "key.";

// No name is that long: what is, is likely to be a token, too.
inline constexpr size_t kMaxSubprotocol = 512;

// A value; any thread may ask it.
class SubprotocolPolicy {
 public:
  // Agrees to the first subprotocol that is offered and does not begin with one of kTokenPrefixes.
  SubprotocolPolicy();

  // `spoken`: a comma-separated list of subprotocols, the best first; empty: any. `token_prefixes`: the same
  // of how entries begin that carry a token; empty: none. nullopt where an entry is empty or no token of
  // HTTP.
  static std::optional<SubprotocolPolicy> Parse(std::string_view spoken, std::string_view token_prefixes);

  // The best of those that are spoken; where any is, the first that carries no token and has at most
  // kMaxSubprotocol bytes. Empty: none. `offered` is in the order of the client; the result views it. Names
  // are compared byte by byte, prefixes without regard to case.
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
