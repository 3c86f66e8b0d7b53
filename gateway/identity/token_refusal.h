// Why a token is refused.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_REFUSAL_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_REFUSAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace drawbridge {

// The rule that a token breaks. The rules are checked in this order, except that the forms of signature and
// payload (kFormat) are checked where these are needed. A refusal names the first rule that is broken.
enum class TokenRule : uint8_t {
  kSize,         // the token or its header is too large
  kFormat,       // not three parts in base64url, or the header or payload is no unambiguous JSON object
  kAlgorithm,    // alg is missing, unknown or not allowed
  kExtension,    // crit, b64 or zip in the header
  kKeyId,        // kid is no string or too long
  kType,         // typ is of another kind of token
  kUnknownKey,   // no key has the kid
  kKeyMismatch,  // the key with the kid is not for this algorithm
  kSignature,    // no candidate key made the signature
  kIssuer,
  kAudience,
  kTime,         // exp is missing, or exp, nbf or iat is no number
  kExpired,      // exp has passed
  kNotYetValid,  // nbf or iat is in the future
  kPrincipal,    // the claim of the principal is missing or cannot be one
  kTokenId,      // jti is no string or too long
  kLabel,        // a claim cannot be a label
};
inline constexpr size_t kTokenRuleCount = 17;

// A word of [a-z_], for metrics and the log. Valid forever.
std::string_view NameOf(TokenRule rule);

struct TokenRefusal {
  TokenRule rule;
  // One line for the log and for error_description (RFC 6750, section 3): printable ASCII without double
  // quote and backslash, at most kMaxRefusalBytes. Names the claim, its value and the bound; never contains
  // the token.
  std::string text;
  // Whether a newer key set could have the key that this token needs: the caller may fetch one and verify
  // again.
  bool may_need_newer_keys = false;
};
inline constexpr size_t kMaxRefusalBytes = 512;

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_REFUSAL_H_
