// Whether what is read again while the gateway runs was good the last time.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_RELOAD_STATES_H_
#define DRAWBRIDGE_SERVICES_ADMIN_RELOAD_STATES_H_

#include <prometheus/metric_family.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// A source is a word: "flags", "tls", "control_tls" or "control_tokens". Thread-safe; does not block.
class ReloadStates {
 public:
  // `clock` must outlive this.
  explicit ReloadStates(const Clock* clock) : clock_(*clock) {}

  // What was read is in use from now on. A source has no metrics before its first success, the start.
  void Succeeded(const std::string& source);
  // What was read cannot be used; what was in use before still is.
  void Failed(const std::string& source);

  std::vector<prometheus::MetricFamily> Collect() const;

 private:
  struct State {
    bool failed = false;
    WallTime last_success;
  };

  const Clock& clock_;
  mutable Mutex mu_;
  std::map<std::string, State> states_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_RELOAD_STATES_H_
