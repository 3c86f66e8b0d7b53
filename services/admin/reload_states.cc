#include "services/admin/reload_states.h"

#include "services/admin/families.h"

namespace drawbridge {

void ReloadStates::Succeeded(const std::string& source) {
  MutexLock lock(mu_);
  states_[source] = {.failed = false, .last_success = clock_.Wall()};
}

void ReloadStates::Failed(const std::string& source) {
  MutexLock lock(mu_);
  states_[source].failed = true;
}

std::vector<prometheus::MetricFamily> ReloadStates::Collect() const {
  auto failed = Family("drawbridge_config_reload_failed",
                       "1 while the newest version of a source cannot be used and an older one is in use.",
                       prometheus::MetricType::Gauge);
  auto success = Family("drawbridge_config_last_reload_success_timestamp_seconds",
                        "When the version that is in use was read, in seconds since 1970.",
                        prometheus::MetricType::Gauge);
  MutexLock lock(mu_);
  for (const auto& [source, state] : states_) {
    AddValue(&failed, state.failed ? 1 : 0, {{"source", source}});
    AddValue(&success, std::chrono::duration<double>(state.last_success.time_since_epoch()).count(),
             {{"source", source}});
  }
  return {failed, success};
}

}  // namespace drawbridge
