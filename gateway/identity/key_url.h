// The address from which a key set is fetched.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_KEY_URL_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_KEY_URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

struct KeyUrl {
  std::string host;    // a name or an address, of IPv6 without brackets
  std::string port;    // a number
  std::string target;  // path and query

  // The Host header.
  std::string authority() const;

  // An https URL (RFC 9110, section 4.2.2) of at most 2,048 bytes, without user and fragment. nullopt for
  // anything else.
  static std::optional<KeyUrl> Parse(std::string_view text);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_KEY_URL_H_
