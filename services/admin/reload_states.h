// For each source of settings that is read again at run time: whether the last read succeeded.
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

  // The newest version of the source is in use. The first success of a source is at the start.
  void Succeeded(const std::string& source);
  // The newest version of the source cannot be used. The version before it stays in use.
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
