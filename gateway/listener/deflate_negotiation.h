// What to answer to a client that offers permessage-deflate (RFC 7692, section 7.1).
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

// Accepts the first offer that can be; nullopt where there is none, and then nothing is compressed. Each
// window is the smaller of what the client offers and what `options` has. A context is taken over where
// `options` has it and the client does not refuse. Whose window cannot be bounded as `options` wants it does
// not get its context kept.
std::optional<DeflateAnswer> NegotiateDeflate(std::span<const Extension> offers,
                                              const DeflateOptions& options);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_DEFLATE_NEGOTIATION_H_
