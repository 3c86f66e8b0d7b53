// What a session does when a deadline passes, and when its next deadline is.
#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/session/session.h"

namespace drawbridge {

void Session::OnDeadline() {
  const SteadyTime now = thread_.now();
  if (phase_ == Phase::kClosing) {
    if (now >= grace_end_) return End(lingers() ? AnsweredOutcome() : CloseOutcome::kTimeout);
  } else if (now >= ExpiryTime()) {
    CloseExpired();
  } else if (now >= MaxAgeTime()) {
    CloseRequest request(CloseCause::kMaxAge);
    request.code = options_.max_age_code;
    Close(std::move(request));
  } else if (throttle_ != nullptr && throttle_->Resume(now)) {
    // Settle reads what TLS holds; the poller reports the rest.
  } else if (stalled_since_.has_value() && now >= *stalled_since_ + options_.send_stall_timeout) {
    CloseRequest request(CloseCause::kTooSlow);
    request.drop_pending = true;
    Close(std::move(request));
  } else if (options_.idle_timeout.count() > 0 && now >= last_message_ + options_.idle_timeout) {
    Close(CloseRequest(CloseCause::kIdle));
  } else if (options_.ping_interval.count() > 0 && now >= pings_.deadline) {
    pings_.life_pending ? CheckLife() : PingOrGiveUp();
  }
  Settle();
  if (phase_ != Phase::kEnded) Arm();
}

// The word is the same for both, because a token's expiry is the connection's expiry: lists show one time,
// and an update of the control API replaces it.
void Session::CloseExpired() {
  CloseRequest request(CloseCause::kExpired);
  if (connection_->attributes()->expires_by_token) request.code = options_.token_expired_code;
  Close(std::move(request));
}

// Read from the connection each time: few connections have an expiry, so the session does not store it. A
// correction of the system clock takes effect at the next deadline.
SteadyTime Session::ExpiryTime() const {
  const AttributesPointer attributes = connection_->attributes();
  if (attributes == nullptr || !attributes->expire_time.has_value()) return SteadyTime::max();
  return thread_.now() + (*attributes->expire_time - thread_.clock().Wall());
}

// The jitter of up to a fifth follows from the sequence, so it takes no memory. Multiples of the golden ratio
// are evenly distributed, so connections that open together end at different times.
SteadyTime Session::MaxAgeTime() const {
  if (options_.max_connection_age.count() == 0) return SteadyTime::max();
  const ConnectionInfo info = connection_->info();
  const uint64_t steps = info.sequence * 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
  const double jitter = 0.8 + 0.4 * std::ldexp(static_cast<double>(steps), -64);
  return info.create_time +
         std::chrono::duration_cast<std::chrono::nanoseconds>(options_.max_connection_age * jitter);
}

SteadyTime Session::NextDeadline() const {
  if (phase_ == Phase::kClosing) return grace_end_;
  SteadyTime next = std::min(ExpiryTime(), MaxAgeTime());
  if (options_.ping_interval.count() > 0) next = std::min(next, pings_.deadline);
  if (options_.idle_timeout.count() > 0) next = std::min(next, last_message_ + options_.idle_timeout);
  if (throttle_ != nullptr) next = std::min(next, throttle_->paused_until().value_or(next));
  if (stalled_since_.has_value()) next = std::min(next, *stalled_since_ + options_.send_stall_timeout);
  return next;
}

void Session::Arm() {
  const SteadyTime next = NextDeadline();
  if (next == SteadyTime::max()) {
    DeadlineHook::unlink();
  } else {
    thread_.deadlines().Set(*this, next);
  }
}

}  // namespace drawbridge
