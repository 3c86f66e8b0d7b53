// Verifies the tokens by which clients prove an identity (JWT, RFC 7519, signed as of RFC 7515).
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_VERIFIER_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_VERIFIER_H_

#include <string_view>
#include <variant>

#include "gateway/base/clock.h"
#include "gateway/identity/key_set.h"
#include "gateway/identity/token_refusal.h"
#include "gateway/identity/token_rules.h"

namespace drawbridge {

// Verifies a token of any bytes: its signature first, and its claims only then (RFC 8725). A pure function:
// no clock, no network, no cache. The header's jwk, jku, x5u and x5c are ignored, because a token must not
// choose its own key.
//
// Thread-safe. Does not block, but takes CPU time for each key that it tries (at most KeySet::kMaxTried):
// about 25 us with RSA 2048, 85 us with P-256, 120 us with Ed25519, 0.75 ms with P-384 and 0.55 ms with
// P-521. OpenSSL's error queue is empty afterwards.
std::variant<Claims, TokenRefusal> Verify(std::string_view token, const KeySet& keys, const TokenRules& rules,
                                          WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_VERIFIER_H_
