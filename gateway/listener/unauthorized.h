// The answers to a client whose token is missing or refused.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_UNAUTHORIZED_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_UNAUTHORIZED_H_

#include <fmt/format.h>

#include "gateway/identity/token_refusal.h"
#include "gateway/listener/http_answer.h"

namespace drawbridge {

// RFC 6750, section 3. Without a token there is no error code.
inline HttpAnswer Unauthorized() {
  return {401, "a token is required", "WWW-Authenticate: Bearer realm=\"drawbridge\"\r\n"};
}

// `refusal.text` has only the characters that error_description may have.
inline HttpAnswer Unauthorized(const TokenRefusal& refusal) {
  return {401, fmt::format("invalid token: {}", refusal.text),
          fmt::format("WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"{}\"\r\n",
                      refusal.text)};
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_UNAUTHORIZED_H_
