// Finds the token of a client in its upgrade request.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_TOKEN_SOURCE_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_TOKEN_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/listener/http_answer.h"

namespace drawbridge {

// The prefix that Kubernetes uses for an entry of Sec-WebSocket-Protocol. What follows is the token, encoded
// in base64url once more.
inline constexpr char kKubernetesTokenPrefix[] = "base64url.bearer.authorization.k8s.io.";

// The parts of a request that may hold a token; views.
struct TokenCarriers {
  std::vector<std::string_view> authorization;  // the lines of the Authorization header
  std::vector<std::string_view> cookies;        // the lines of the Cookie header
  std::string_view query;                       // of the target, without the question mark
};

// A value. Const functions are thread-safe and do not block.
class TokenSources {
 public:
  // The Authorization header alone.
  TokenSources();

  // A comma-separated list of `authorization`, `cookie:NAME`, `query:NAME` and `subprotocol:PREFIX`, in the
  // order in which they are searched. `subprotocol` alone means kKubernetesTokenPrefix. A prefix that begins
  // with `base64url.` comes before a token that is encoded in base64url once more; another prefix comes
  // before the token itself. nullopt for anything else: an empty list, an unknown word, a source that occurs
  // twice, a name that is no token of HTTP.
  static std::optional<TokenSources> Parse(std::string_view list);

  // The token of the first source that has one; an empty text: no source has one. An answer instead refuses
  // the request with 400: the source has two tokens, or something that cannot be one, or the entry of
  // Sec-WebSocket-Protocol with the token comes alone. That entry cannot be selected, and a browser closes a
  // connection for which none of its subprotocols is selected. Another scheme than Bearer in the
  // Authorization header is no token.
  //
  // Removes from `subprotocols` all entries with a prefix of a source, wherever the token was found. So no
  // token is selected as a subprotocol, sent back or listed.
  std::variant<std::string, HttpAnswer> Find(const TokenCarriers& carriers,
                                             std::vector<std::string>* subprotocols) const;

  // Those of the sources that a renewal uses: the Authorization header and cookies. The Authorization header
  // where there is neither, because the others do not fit a request by HTTP.
  TokenSources ForRenewal() const;

 private:
  enum class Kind : uint8_t { kAuthorization, kCookie, kQuery, kSubprotocol };
  struct Source {
    Kind kind;
    std::string name;  // or the prefix
    friend bool operator==(const Source&, const Source&) = default;
  };

  explicit TokenSources(std::vector<Source> sources) : sources_(std::move(sources)) {}
  static std::optional<Source> ParseSource(std::string_view text);
  static std::vector<std::string> Candidates(const Source& source, const TokenCarriers& carriers,
                                             const std::vector<std::string>& entries);
  static std::variant<std::string, HttpAnswer> TokenOf(const Source& source, std::vector<std::string> found,
                                                       bool comes_alone);

  std::vector<Source> sources_;  // at least one
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TOKEN_SOURCE_H_
