// How long a test waits for what must happen, and how it waits: for the thing, never for a time.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_PATIENCE_H_
#define DRAWBRIDGE_TESTS_SUPPORT_PATIENCE_H_

#include <poll.h>

#include <chrono>
#include <concepts>

namespace drawbridge {

using Deadline = std::chrono::steady_clock::time_point;

// Far beyond what a loaded machine takes: whoever waits so long has found a bug.
inline constexpr std::chrono::seconds kPatience{20};

inline Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

// For what has no event to wait for: asks until `predicate` holds. False when it did not in time.
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
