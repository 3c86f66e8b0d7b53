// How clients are identified at the upgrade.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_IDENTITY_POLICY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_IDENTITY_POLICY_H_

#include <cstdint>
#include <memory>

#include "gateway/connections/close.h"
#include "gateway/listener/identity_headers.h"
#include "gateway/listener/token_source.h"

namespace drawbridge {

struct TokenRules;

// Which connection is closed or refused where a principal has its maximum of connections.
enum class PerPrincipal : uint8_t { kRefuseNewest, kCloseOldest };

// A value.
struct IdentityPolicy {
  // Null: no tokens are looked for. Where only other settings change, the same object as before keeps
  // verified tokens valid.
  std::shared_ptr<const TokenRules> rules;
  TokenSources sources;
  bool required = true;  // a client without a token is refused, also one that a trusted proxy has identified
  // Accept the upgrade of a client whose token is refused, and close it after a delay, instead of HTTP 401.
  bool refuse_by_close = false;
  uint16_t refused_code = Describe(CloseCause::kInterrupted).code;
  IdentityHeaders headers;  // of trusted proxies
  PerPrincipal per_principal = PerPrincipal::kRefuseNewest;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_IDENTITY_POLICY_H_
