#include "gateway/identity/refresh_schedule.h"

#include <algorithm>
#include <utility>

namespace drawbridge {

RefreshSchedule::RefreshSchedule(SteadyTime now, std::function<double()> random)
    : random_(std::move(random)), due_(now) {}

void RefreshSchedule::Begin(SteadyTime now) {
  begun_ = now;
  running_ = true;
}

void RefreshSchedule::Succeed(SteadyTime now, std::optional<std::chrono::seconds> max_age) {
  pause_ = kFirstPause;
  // With the random part it is at most kLongest.
  constexpr std::chrono::nanoseconds kMost = std::chrono::nanoseconds(kLongest) * 10 / 11;
  const std::chrono::seconds bounded = std::min<std::chrono::seconds>(max_age.value_or(kShortest), kLongest);
  Wait(now, std::clamp<std::chrono::nanoseconds>(bounded, kShortest, kMost));
}

void RefreshSchedule::Fail(SteadyTime now) {
  Wait(now, pause_);
  pause_ = std::min<std::chrono::nanoseconds>(2 * pause_, kShortest);
}

bool RefreshSchedule::Request(SteadyTime now) {
  if (running_ || now >= due_) return true;
  if (begun_.has_value() && now < *begun_ + kBetweenRequests) return false;
  due_ = now;
  return true;
}

void RefreshSchedule::Wait(SteadyTime now, std::chrono::nanoseconds pause) {
  running_ = false;
  due_ = now + pause + std::chrono::duration_cast<std::chrono::nanoseconds>(pause * (0.1 * random_()));
}

}  // namespace drawbridge
