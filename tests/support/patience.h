// How long a test waits for an event, and how it polls for a condition. No test waits for a fixed time.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_PATIENCE_H_
#define DRAWBRIDGE_TESTS_SUPPORT_PATIENCE_H_

#include <poll.h>

#include <chrono>
#include <concepts>

namespace drawbridge {

using Deadline = std::chrono::steady_clock::time_point;

// Far longer than a loaded machine needs: a wait that takes so long is a failure.
inline constexpr std::chrono::seconds kPatience{20};

inline Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

// Polls until `predicate` holds. Returns false if it does not within kPatience.
template <std::predicate Predicate>
[[nodiscard]] bool WaitUntil(Predicate predicate, Deadline deadline = Soon()) {
  constexpr int kMillisecondsBetween = 2;
  while (!predicate()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, kMillisecondsBetween);
  }
  return true;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_PATIENCE_H_
