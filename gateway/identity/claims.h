// Judges the claims of a token whose signature is valid.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_CLAIMS_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_CLAIMS_H_

#include <boost/json/fwd.hpp>
#include <variant>

#include "gateway/base/clock.h"
#include "gateway/identity/token_refusal.h"
#include "gateway/identity/token_rules.h"

namespace drawbridge {

// Checks iss, the audience, exp, nbf, iat, the principal, jti and the labels (RFC 7519, section 4.1), in this
// order. Times are numbers, with or without a fraction. A token is expired once `now` has reached exp +
// leeway. Thread-safe; does not block.
std::variant<Claims, TokenRefusal> CheckClaims(const boost::json::object& payload, const TokenRules& rules,
                                               WallTime now);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_CLAIMS_H_
