// How much one client may send in a second, and until when it is not read because it has sent more.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_THROTTLE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_THROTTLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "gateway/base/clock.h"
#include "gateway/base/token_bucket.h"

namespace drawbridge {

// The limits of one client; 0: no limit. What is allowed for one second may come at once.
struct RateLimits {
  uint64_t messages_per_second = 0;
  uint64_t bytes_per_second = 0;  // of all data after the upgrade, including frame headers and control frames
};

// Not thread-safe. Counts data after it was read. One read takes what has arrived, up to the size of the
// buffer; what is over the limit leads to a longer pause.
class Throttle {
 public:
  // Null if there is no limit.
  static std::unique_ptr<Throttle> For(const RateLimits& limits) {
    if (limits.messages_per_second == 0 && limits.bytes_per_second == 0) return nullptr;
    return std::make_unique<Throttle>(limits);
  }

  explicit Throttle(const RateLimits& limits) {
    if (limits.messages_per_second != 0) messages_.emplace(limits.messages_per_second);
    if (limits.bytes_per_second != 0) bytes_.emplace(limits.bytes_per_second);
  }

  // `bytes` were read; `messages` is the number received since the connection began.
  void Charge(size_t bytes, uint64_t messages, SteadyTime now) {
    SteadyTime paid = now;
    if (messages_.has_value()) {
      messages_->Take(messages - seen_messages_, now);
      paid = std::max(paid, messages_->paid_at());
    }
    if (bytes_.has_value()) {
      bytes_->Take(bytes, now);
      paid = std::max(paid, bytes_->paid_at());
    }
    seen_messages_ = messages;
    if (paid > now) paused_until_ = paid;
  }

  // nullopt: the client may be read.
  const std::optional<SteadyTime>& paused_until() const { return paused_until_; }

  // Ends a pause that is over by `now`; false if there is none.
  bool Resume(SteadyTime now) {
    if (!paused_until_.has_value() || now < *paused_until_) return false;
    paused_until_.reset();
    return true;
  }

 private:
  std::optional<TokenBucket> messages_;
  std::optional<TokenBucket> bytes_;
  uint64_t seen_messages_ = 0;
  std::optional<SteadyTime> paused_until_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_THROTTLE_H_
