// The pages that health probes read: liveness (/healthz) and readiness (/readyz).
#ifndef DRAWBRIDGE_SERVICES_ADMIN_PROBES_H_
#define DRAWBRIDGE_SERVICES_ADMIN_PROBES_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "gateway/base/clock.h"
#include "services/admin/http_exchange.h"

namespace drawbridge {

// Why a node accepts no new clients.
struct NotReady {
  std::string word;      // stable, for machines
  std::string sentence;  // for people, without a full stop
};

// An I/O thread whose loop has not run for this long is stuck. An idle loop runs ten times a second.
inline constexpr std::chrono::seconds kStuckAfter{5};

// 503 if an I/O thread is stuck. `turns`: when the loop of each I/O thread last ran. `warning` adds a line
// and does not change the status, because a restart would end the connections of all clients.
Page Healthz(std::span<const SteadyTime> turns, SteadyTime now,
             const std::optional<std::string>& warning = std::nullopt);

// 200 without a reason, else 503 with the reason.
Page Readyz(const std::optional<NotReady>& why);

// The page of Readyz and a list of all pages. Load balancers probe "/" if no path is configured.
Page Root(const std::optional<NotReady>& why);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_PROBES_H_
