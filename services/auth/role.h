// Who may do what: roles, and the least one that each method asks for.
#ifndef DRAWBRIDGE_SERVICES_AUTH_ROLE_H_
#define DRAWBRIDGE_SERVICES_AUTH_ROLE_H_

#include <optional>
#include <string_view>

namespace drawbridge {

// Each may do what those before it may.
enum class Role {
  kViewer,    // looks
  kSender,    // also sends messages and changes labels and expiries
  kOperator,  // everything, also ends connections
};

// "viewer", "sender", "operator".
std::string_view NameOf(Role role);
std::optional<Role> ParseRole(std::string_view name);
inline constexpr std::string_view kRoleNames = "viewer, sender or operator";

// Of a method as it stands in HTTP/2's :path, "/package.Service/Method". Null: open to everybody, even
// without a name. A method that is not in the table asks for an operator, so that a new one is closed until
// somebody decides.
std::optional<Role> RoleNeeded(std::string_view method);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_ROLE_H_
