// A registry with connections without sockets, for tests of the control plane's functions.
#ifndef DRAWBRIDGE_TESTS_SERVICES_CONTROL_LISTED_CLIENTS_H_
#define DRAWBRIDGE_TESTS_SERVICES_CONTROL_LISTED_CLIENTS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "gateway/base/node_identity.h"
#include "gateway/connections/registry.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {

struct ListedClients {
  // Returns the new connection.
  std::shared_ptr<Connection> Add(const ConnectionInfo& info = {}, SendLimits limits = {}) {
    registrations.push_back(registry.Add(info, limits));
    return registrations.back().connection();
  }
  // Sets labels as UpdateConnection does.
  using Labels = absl::btree_map<std::string, std::string>;
  void Label(Connection& connection, Labels labels, std::optional<WallTime> expire_time = std::nullopt) {
    const AttributesPointer before = connection.attributes();
    boost::intrusive_ptr<Attributes> after(new Attributes);
    after->labels = std::move(labels);
    after->expire_time = expire_time;
    after->revision = before == nullptr ? 2 : before->revision + 1;
    registry.Update(connection, before, after);
  }
  // Ends a connection in the order of steps in which a session does it when its socket is closed.
  void End(size_t index, CloseResult result = {}) {
    const auto connection = registrations[index].connection();
    connection->Interrupt(CloseRequest(CloseCause::kDisconnected));
    result.close_time = clock.Steady();
    connection->RecordEnd(std::move(result));
    registrations[index].Reset();
    connection->TellWaiters();
  }

  ManualClock clock;
  Registry registry{NodeIdentity("node-a", "abcd1234"), {}, &clock};
  std::vector<Registration> registrations;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SERVICES_CONTROL_LISTED_CLIENTS_H_
