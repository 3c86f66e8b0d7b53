// Limits the rate of log lines of one kind, so that they cannot fill a disk.
#ifndef DRAWBRIDGE_GATEWAY_BASE_LINE_BUDGET_H_
#define DRAWBRIDGE_GATEWAY_BASE_LINE_BUDGET_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/base/token_bucket.h"

namespace drawbridge {

// Allows `per_second` lines a second, in bursts of up to one second's worth. Thread-safe.
class LineBudget {
 public:
  explicit LineBudget(uint64_t per_second) : bucket_(per_second) {}

  // nullopt where the line must not be written. Else the number of lines suppressed since the last one that
  // was written.
  std::optional<uint64_t> Take(SteadyTime now) {
    MutexLock lock(mu_);
    if (bucket_.ready_at() > now) {
      ++suppressed_;
      return std::nullopt;
    }
    bucket_.Take(1, now);
    return std::exchange(suppressed_, 0);
  }

 private:
  Mutex mu_;
  TokenBucket bucket_ ABSL_GUARDED_BY(mu_);
  uint64_t suppressed_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_LINE_BUDGET_H_
