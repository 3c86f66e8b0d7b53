// Decides which keys of a JWK set may verify tokens.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_JSON_WEB_KEY_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_JSON_WEB_KEY_H_

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <string>
#include <variant>

#include "gateway/identity/verification_key.h"

namespace drawbridge {

inline constexpr size_t kMaxKeyIdBytes = 256;
inline constexpr size_t kMinRsaBits = 2048;
inline constexpr size_t kMaxRsaBits = 8192;  // a verification takes 0.3 ms

// Makes the public key of a JWK (RFC 7517, section 4), or returns the reason to skip it: a phrase such as
// "use is 'enc': must be 'sig'". A key is taken if all of this is true:
// - kty is RSA, EC or OKP, with crv P-256, P-384, P-521 or Ed25519
// - use is missing or "sig", and key_ops is missing or has "verify"
// - alg is missing or one of Algorithm that fits kty and crv; a key with alg verifies with this algorithm
// alone
// - it has no private member
// - n has kMinRsaBits to kMaxRsaBits; e is odd and has 2 to 64 bits
// - x and y have the full length and are a point of the curve
// - n, e, x and y are base64url without padding. Google's outdated set pads n; its current one (v3) does not.
// Other members are ignored, also the certificates of x5c. Thread-safe; does not block.
std::variant<VerificationKey, std::string> ParseJsonWebKey(const boost::json::object& jwk);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_JSON_WEB_KEY_H_
