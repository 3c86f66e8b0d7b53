// What Kubernetes asks a node: does it live, and may it get new clients.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_PROBES_H_
#define DRAWBRIDGE_SERVICES_ADMIN_PROBES_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "gateway/base/clock.h"
#include "services/admin/http_exchange.h"

namespace drawbridge {

// Why a node is to get no new clients.
struct NotReady {
  std::string word;      // stable, for machines
  std::string sentence;  // for people, without its end
};

// An idle I/O thread comes round ten times a second.
inline constexpr std::chrono::seconds kStuckAfter{5};

// 503 where one of the I/O threads, whose loops last came round at `turns`, has not done so for that long.
// `warning` is a line of its own and leaves the status as it is: to start the process anew would end the
// connections of all clients.
Page Healthz(std::span<const SteadyTime> turns, SteadyTime now,
             const std::optional<std::string>& warning = std::nullopt);

// 503 unless nothing speaks against new clients.
Page Readyz(const std::optional<NotReady>& why);

// What Readyz says, and which pages there are: balancers check "/" where they are told no path.
Page Root(const std::optional<NotReady>& why);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_PROBES_H_
