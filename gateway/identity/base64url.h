// Decodes base64url as JSON Web Signatures and Keys use it.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_BASE64URL_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_BASE64URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

// RFC 7515, section 2: the alphabet of RFC 4648, section 5, without padding. Strict, so that no two texts
// decode to the same bytes: nullopt for a character outside of the alphabet, for padding, for an impossible
// length and for unused last bits that are not zero. Thread-safe; does not block.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_BASE64URL_H_
