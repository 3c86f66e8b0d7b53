// Parses the body of a request for a renewal.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_RENEWAL_BODY_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_RENEWAL_BODY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace drawbridge {

inline constexpr size_t kMaxRenewalIds = 100;

// The ids of the connections to renew, each once, in ascending order; nullopt: all of the principal.
using RenewalIds = std::optional<std::vector<std::string>>;

// Parses {"connectionIds":["ID",...]} with 1 to kMaxRenewalIds strings. An empty body and an object without
// members mean all. A text instead says what is wrong, to follow "the body". An unknown member is refused,
// because a mistyped name would otherwise renew all connections. Thread-safe; does not block.
std::variant<RenewalIds, std::string> ParseRenewalBody(std::string_view body);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_RENEWAL_BODY_H_
