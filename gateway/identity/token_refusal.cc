#include "gateway/identity/token_refusal.h"

#include <array>

namespace drawbridge {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, kTokenRuleCount> kNames = {
    "size",        "format",        "algorithm", "extension", "key_id",   "type",
    "unknown_key", "key_mismatch",  "signature", "issuer",    "audience", "time",
    "expired",     "not_yet_valid", "principal", "token_id",  "label"};
static_assert(static_cast<size_t>(TokenRule::kLabel) + 1 == kTokenRuleCount);

}  // namespace

std::string_view NameOf(TokenRule rule) { return kNames[static_cast<size_t>(rule)]; }

}  // namespace drawbridge
