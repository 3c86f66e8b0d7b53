// The server's answer to a client that offers permessage-deflate (RFC 7692, section 7.1).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_DEFLATE_NEGOTIATION_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_DEFLATE_NEGOTIATION_H_

#include <optional>
#include <span>
#include <string>

#include "gateway/listener/extensions.h"
#include "gateway/session/deflate_options.h"

namespace drawbridge {

struct DeflateAnswer {
  DeflateAgreement agreement;
  std::string header;  // the value of Sec-WebSocket-Extensions
};

// Accepts the first acceptable offer. Returns nullopt if there is none; messages are then not compressed.
// Each window is the smaller of the client's offer and `options`. Context takeover is agreed on if `options`
// enables it and the client does not refuse it. The client's context is not taken over if its offer does not
// let the server bound its window as `options` requires.
std::optional<DeflateAnswer> NegotiateDeflate(std::span<const Extension> offers,
                                              const DeflateOptions& options);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_DEFLATE_NEGOTIATION_H_
