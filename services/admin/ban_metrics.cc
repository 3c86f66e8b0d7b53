#include "services/admin/ban_metrics.h"

#include <string>

#include "services/admin/families.h"

namespace drawbridge {

std::vector<prometheus::MetricFamily> BanMetrics(const Bans& bans) {
  auto refusals = CounterFamily("drawbridge_ban_refusals_total",
                                "Handshakes and renewals that a ban refused, by the kind of the ban.");
  for (const BanKind kind : {BanKind::kPrincipal, BanKind::kAddress, BanKind::kLabel, BanKind::kToken})
    AddValue(&refusals, static_cast<double>(bans.refusals(kind)), {{"kind", std::string(WordOf(kind))}});
  return {GaugeOf("drawbridge_bans", "Bans in force.", static_cast<double>(bans.size())), refusals};
}

}  // namespace drawbridge
