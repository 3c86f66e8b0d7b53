// When a key set is fetched again.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_REFRESH_SCHEDULE_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_REFRESH_SCHEDULE_H_

#include <chrono>
#include <functional>
#include <optional>

#include "gateway/base/clock.h"

namespace drawbridge {

// Not thread-safe; has no clock of its own.
//
// After a success the next fetch follows when the answer is no longer fresh (max-age of RFC 9111, section
// 5.2.2.1), but after kShortest to kLongest. After a failure it follows after a pause that doubles: from
// kFirstPause up to kShortest. All are longer by a random part of up to a tenth, so that the nodes of a fleet
// do not fetch at the same moment. A token with an unknown key causes a fetch at once, at most one in
// kBetweenRequests.
class RefreshSchedule {
 public:
  static constexpr std::chrono::minutes kShortest{5};
  static constexpr std::chrono::hours kLongest{24};
  static constexpr std::chrono::seconds kFirstPause{1};
  static constexpr std::chrono::seconds kBetweenRequests{30};

  // The first fetch is due at once. `random`: numbers from 0 to 1.
  RefreshSchedule(SteadyTime now, std::function<double()> random);

  // When the next fetch is due. Meaningless while one runs.
  SteadyTime due() const { return due_; }
  bool is_running() const { return running_; }

  // A fetch begins.
  void Begin(SteadyTime now);
  // It has ended. `max_age`: nullopt: the answer has none.
  void Succeed(SteadyTime now, std::optional<std::chrono::seconds> max_age);
  void Fail(SteadyTime now);

  // Asks for a newer set. True if a fetch is running, is due, or has become due by this.
  bool Request(SteadyTime now);

 private:
  void Wait(SteadyTime now, std::chrono::nanoseconds pause);

  std::function<double()> random_;
  SteadyTime due_;
  std::optional<SteadyTime> begun_;  // the last fetch; nullopt: none yet
  bool running_ = false;
  std::chrono::nanoseconds pause_ = kFirstPause;  // after the next failure
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_REFRESH_SCHEDULE_H_
