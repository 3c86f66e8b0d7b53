#include "services/admin/probes.h"

#include <fmt/format.h>

namespace drawbridge {

Page Healthz(std::span<const SteadyTime> turns, SteadyTime now, const std::optional<std::string>& warning) {
  std::string stuck;
  for (size_t i = 0; i < turns.size(); ++i) {
    const std::chrono::duration<double> since = now - turns[i];
    if (since >= kStuckAfter) stuck += fmt::format("stuck: I/O thread {} for {:.1f} s\n", i, since.count());
  }
  const std::string more = warning.has_value() ? fmt::format("warning: {}\n", *warning) : "";
  return stuck.empty() ? Page{200, "ok\n" + more} : Page{503, stuck + more};
}

Page Readyz(const std::optional<NotReady>& why) {
  return why.has_value() ? Page{503, fmt::format("{}: {}\n", why->word, why->sentence)} : Page{200, "ok\n"};
}

Page Root(const std::optional<NotReady>& why) {
  Page page = Readyz(why);
  page.body +=
      "\n"
      "/readyz   whether this node accepts new clients, as above\n"
      "/healthz  whether this process works\n"
      "/metrics  for Prometheus\n";
  return page;
}

}  // namespace drawbridge
