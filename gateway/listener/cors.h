// Lets pages read the answers to their requests for a renewal (the CORS protocol of the Fetch standard).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_CORS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_CORS_H_

#include <string>
#include <string_view>

#include "gateway/listener/http_answer.h"

namespace drawbridge {

// The headers for all answers to a page of this origin, each with its CRLF. `origin`: the Origin header of
// the request, which OriginPolicy must have allowed; empty: the client is no page, and needs Vary alone.
std::string CorsHeaders(std::string_view origin);

// The answer to OPTIONS. The caller adds CorsHeaders.
HttpAnswer PreflightAnswer();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_CORS_H_
