// What an operator demands of tokens, and what a valid token contains.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_RULES_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_RULES_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/identity/algorithm.h"
#include "gateway/identity/claim_labels.h"
#include "gateway/identity/claim_path.h"

namespace drawbridge {

inline constexpr size_t kMaxTokenBytes = 8192;
inline constexpr size_t kMaxHeaderBytes = 2048;  // decoded
inline constexpr size_t kMaxPrincipalBytes = 256;
inline constexpr size_t kMaxTokenIdBytes = 256;

// Since 1970, in 2255. Later times of a token count as this one, so that a leeway can be added to each
// without an overflow of WallTime.
inline constexpr std::chrono::seconds kLatestTime{9'000'000'000};

struct TokenRules {
  AlgorithmSet algorithms = AlgorithmSet::All();
  std::string issuer;                  // of iss; empty: any, also none
  std::vector<std::string> audiences;  // the token must be for one of these; empty: for any, also none
  // A string or an array of strings. Access tokens of Amazon Cognito have client_id instead.
  ClaimPath audience_claim = ClaimPath::OfName("aud");
  ClaimPath principal_claim = ClaimPath::OfName("sub");
  std::chrono::nanoseconds leeway = std::chrono::seconds(30);  // for clocks that differ; at least 0
  std::vector<LabelRule> labels;
};

struct Claims {
  std::string principal;  // 1 to kMaxPrincipalBytes of UTF-8 without control characters
  std::string token_id;   // jti, with the same bounds; empty: none
  // exp, at most kLatestTime. May have passed by less than the leeway.
  WallTime expire_time;
  Labels labels;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_TOKEN_RULES_H_
