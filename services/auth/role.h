// The roles of callers, and the lowest role that each method needs.
#ifndef DRAWBRIDGE_SERVICES_AUTH_ROLE_H_
#define DRAWBRIDGE_SERVICES_AUTH_ROLE_H_

#include <optional>
#include <string_view>

namespace drawbridge {

// Each role includes the ones before it.
enum class Role {
  kViewer,    // reads
  kSender,    // also sends messages and changes labels and expiries
  kOperator,  // everything, also ends connections
};

// "viewer", "sender", "operator".
std::string_view NameOf(Role role);
std::optional<Role> ParseRole(std::string_view name);
inline constexpr std::string_view kRoleNames = "viewer, sender or operator";

// `method`: as in HTTP/2's :path, "/package.Service/Method". nullopt: open to unauthenticated callers. A
// method that is not in the table needs the role operator, so that a new method is never open by mistake.
std::optional<Role> RoleNeeded(std::string_view method);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_ROLE_H_
