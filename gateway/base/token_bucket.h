// A token bucket: a rate limit that allows bursts of up to one second's worth.
#ifndef DRAWBRIDGE_GATEWAY_BASE_TOKEN_BUCKET_H_
#define DRAWBRIDGE_GATEWAY_BASE_TOKEN_BUCKET_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "gateway/base/clock.h"

namespace drawbridge {

// Not thread-safe. The caller passes the current time, which must not step back. The bucket stores the time
// at which it is full again instead of a number of tokens, so it needs no refill.
class TokenBucket {
 public:
  // Starts full. `per_second`: at least 1.
  explicit TokenBucket(uint64_t per_second) : cost_(1e9 / static_cast<double>(per_second)) {}

  // Takes `tokens`, even where there are fewer; the missing tokens become a debt.
  void Take(uint64_t tokens, SteadyTime now) { full_at_ = std::max(full_at_, now) + Cost(tokens); }

  // When the debt is paid. In the past where there is none.
  SteadyTime paid_at() const { return full_at_ - kBurst; }
  // When there is at least one token.
  SteadyTime ready_at() const { return paid_at() + Cost(1); }

 private:
  static constexpr std::chrono::seconds kBurst{1};

  std::chrono::nanoseconds Cost(uint64_t tokens) const {
    return std::chrono::nanoseconds(static_cast<int64_t>(static_cast<double>(tokens) * cost_));
  }

  double cost_;  // nanoseconds per token
  SteadyTime full_at_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_TOKEN_BUCKET_H_
