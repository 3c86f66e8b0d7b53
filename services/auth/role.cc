#include "services/auth/role.h"

#include <algorithm>
#include <array>
#include <utility>

namespace drawbridge {
namespace {

using Entry = std::pair<std::string_view, std::optional<Role>>;

constexpr std::array kRoles{Entry{"viewer", Role::kViewer}, Entry{"sender", Role::kSender},
                            Entry{"operator", Role::kOperator}};

// Health probes carry no token. Reflection reveals no secret, but it needs a role because the number of its
// streams is limited.
constexpr std::array kMethods{
    Entry{"/drawbridge.control.v1.ConnectionService/BroadcastMessage", Role::kSender},
    Entry{"/drawbridge.control.v1.ConnectionService/CountConnections", Role::kViewer},
    Entry{"/drawbridge.control.v1.ConnectionService/GetConnection", Role::kViewer},
    Entry{"/drawbridge.control.v1.ConnectionService/ListConnections", Role::kViewer},
    Entry{"/drawbridge.control.v1.ConnectionService/SendMessage", Role::kSender},
    Entry{"/drawbridge.control.v1.ConnectionService/UpdateConnection", Role::kSender},
    Entry{"/drawbridge.control.v1.ConnectionService/WatchConnections", Role::kViewer},
    Entry{"/drawbridge.control.v1.NodeService/ListNodes", Role::kViewer},
    Entry{"/grpc.health.v1.Health/Check", std::nullopt},
    Entry{"/grpc.health.v1.Health/Watch", std::nullopt},
    Entry{"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Role::kViewer},
    Entry{"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Role::kViewer},
};

}  // namespace

std::string_view NameOf(Role role) {
  return std::ranges::find(kRoles, std::optional(role), &Entry::second)->first;
}

std::optional<Role> ParseRole(std::string_view name) {
  const auto* const found = std::ranges::find(kRoles, name, &Entry::first);
  return found == kRoles.end() ? std::nullopt : found->second;
}

std::optional<Role> RoleNeeded(std::string_view method) {
  const auto* const found = std::ranges::find(kMethods, method, &Entry::first);
  return found == kMethods.end() ? Role::kOperator : found->second;
}

}  // namespace drawbridge
