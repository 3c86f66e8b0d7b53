#include "gateway/listener/cors.h"

#include <fmt/format.h>

namespace drawbridge {

std::string CorsHeaders(std::string_view origin) {
  if (origin.empty()) return "Vary: Origin\r\n";
  // With credentials, a wildcard is not allowed: the cookie may have the token.
  return fmt::format(
      "Access-Control-Allow-Origin: {}\r\n"
      "Access-Control-Allow-Credentials: true\r\n"
      "Access-Control-Expose-Headers: Retry-After, WWW-Authenticate\r\n"
      "Vary: Origin\r\n",
      origin);
}

HttpAnswer PreflightAnswer() {
  return {204, "",
          "Allow: POST, OPTIONS\r\n"
          "Access-Control-Allow-Methods: POST\r\n"
          "Access-Control-Allow-Headers: Authorization, Content-Type\r\n"
          "Access-Control-Max-Age: 600\r\n"};
}

}  // namespace drawbridge
