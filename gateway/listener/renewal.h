// Renews the identity of a client's connections by a new token, without touching their sockets.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_RENEWAL_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_RENEWAL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/registry.h"
#include "gateway/identity/client_identity.h"
#include "gateway/listener/http_answer.h"
#include "gateway/listener/renewal_body.h"

namespace drawbridge {

// Goes in steps, since a principal may have very many connections. Not thread-safe; no step blocks.
class Renewal {
 public:
  // Connections in a step.
  static constexpr size_t kStep = 128;
  // Connections that the answer names. Others are counted only.
  static constexpr size_t kMaxNamed = 100;

  // `registry` and `bans` must outlive it. `identity`: of the new token, which no ban matches. `ids`: an id
  // of a connection that is not open or has another principal is left out as if it did not exist, so that ids
  // cannot be probed.
  Renewal(Registry* registry, Bans* bans, IdentityPointer identity, RenewalIds ids)
      : registry_(*registry), bans_(*bans), identity_(std::move(identity)), ids_(std::move(ids)) {}

  // Renews some connections. True: that was all. A connection that has already what the token gives keeps its
  // revision, so a client that shows the same token again causes no events.
  bool Step();

  // The rest: once all are renewed.

  // 200 with what is renewed, in JSON; 403 where none of the ids is of an open connection of the principal.
  HttpAnswer Answer() const;
  uint64_t renewed() const { return renewed_; }
  const std::string& principal() const { return identity_->principal; }
  const std::string& token_id() const { return identity_->attributes->token_id; }

 private:
  struct Named {
    std::string id;
    std::optional<WallTime> expire_time;
  };

  void Renew(Connection& connection);
  bool Update(Connection& connection, AttributesPointer* after);

  Registry& registry_;
  Bans& bans_;
  const IdentityPointer identity_;
  const RenewalIds ids_;
  uint64_t after_ = 0;  // where the next step of a walk begins
  uint64_t renewed_ = 0;
  std::optional<WallTime> first_expiry_;  // of the renewed connections; nullopt: none expires
  std::vector<Named> named_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_RENEWAL_H_
