// What a client has proved about itself.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_CLIENT_IDENTITY_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_CLIENT_IDENTITY_H_

#include <memory>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/connections/attributes.h"

namespace drawbridge {

struct Claims;
struct TokenRules;

// Immutable, so thread-safe. The connections of one token share one.
struct ClientIdentity {
  std::string principal;
  AttributesPointer attributes;  // labels, expiry and token id; never null
};
using IdentityPointer = std::shared_ptr<const ClientIdentity>;

// The identity that a valid token gives. It expires with the token. A token that has expired already, by less
// than the leeway, is still valid: its connection expires when the leeway ends.
IdentityPointer IdentityOf(const Claims& claims, const TokenRules& rules, WallTime now);

// The attributes of a connection whose client has shown a new token of the same principal. `before`: those
// that it has, or null. What an update of the control API has set stays (see Attributes), and the expiry
// never moves back: a connection without an expiry, whether it began without a token or an update has removed
// the expiry, keeps none. The revision is one more than before. A token that expires sooner than the one
// before changes nothing, and the result is `before`: a client that keeps an older token with more rights
// could otherwise have them for as long as the newer one is valid.
AttributesPointer Renewed(const AttributesPointer& before, const Attributes& token);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_CLIENT_IDENTITY_H_
