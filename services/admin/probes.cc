#include "services/admin/probes.h"

#include <fmt/format.h>

namespace drawbridge {

Page Healthz(std::span<const SteadyTime> turns, SteadyTime now) {
  std::string stuck;
  for (size_t i = 0; i < turns.size(); ++i) {
    const std::chrono::duration<double> since = now - turns[i];
    if (since >= kStuckAfter) stuck += fmt::format("stuck: I/O thread {} for {:.1f} s\n", i, since.count());
  }
  return stuck.empty() ? Page{200, "ok\n"} : Page{503, stuck};
}

Page Readyz(const std::optional<NotReady>& why) {
  return why.has_value() ? Page{503, fmt::format("{}: {}\n", why->word, why->sentence)} : Page{200, "ok\n"};
}

}  // namespace drawbridge
