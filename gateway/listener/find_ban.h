// The ban that matches a client, in the terms of the listener.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_FIND_BAN_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_FIND_BAN_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/ip_address.h"
#include "gateway/connections/attributes.h"
#include "gateway/connections/bans.h"

namespace drawbridge {

// As Bans::Find, or as Bans::FindIdentity where `address` is null. `attributes`: labels and token id; may be
// null. Thread-safe; costs one relaxed load where there are no bans.
inline std::optional<BanHit> FindBan(Bans& bans, const IpAddress* address, std::string_view principal,
                                     const AttributesPointer& attributes) {
  if (bans.size() == 0) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> labels;
  if (attributes != nullptr) labels.assign(attributes->labels.begin(), attributes->labels.end());
  const Bans::Identity identity{.principal = principal,
                                .token_id = attributes == nullptr ? std::string_view() : attributes->token_id,
                                .labels = labels};
  return address == nullptr ? bans.FindIdentity(identity) : bans.Find(*address, identity);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_FIND_BAN_H_
