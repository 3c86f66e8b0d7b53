#include "services/drain/drain.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"

namespace drawbridge {
namespace {

constexpr size_t kPage = 1000;
// For the sessions to act on the end of their grace by themselves.
constexpr std::chrono::milliseconds kMargin{250};

std::vector<std::shared_ptr<Connection>> All(const Registry& registry) {
  std::vector<std::shared_ptr<Connection>> all;
  for (uint64_t after = 0;;) {
    const auto page = registry.Page(after, kPage);
    if (page.empty()) return all;
    after = page.back()->info().sequence;
    all.insert(all.end(), page.begin(), page.end());
  }
}

// Counts connections down; shared with their waiters, which may be called after everybody lost interest.
class Countdown {
 public:
  explicit Countdown(size_t count) : count_(count) {}

  void CountDown() {
    absl::MutexLock lock(&mu_);
    --count_;
  }
  bool WaitUntil(absl::Time deadline) {
    absl::MutexLock lock(&mu_);
    return mu_.AwaitWithDeadline(absl::Condition(
                                     +[](size_t* count) { return *count == 0; }, &count_),
                                 deadline);
  }

 private:
  absl::Mutex mu_;
  size_t count_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

size_t Drain(Gateway& gateway, std::chrono::nanoseconds grace) {
  gateway.StopAccepting();
  const absl::Time deadline = absl::Now() + absl::FromChrono(grace + kMargin);
  size_t closed = 0;
  // Once more for whoever was between the request and the registry when the port was closed.
  for (auto all = All(gateway.registry()); !all.empty(); all = All(gateway.registry())) {
    const auto remaining = std::make_shared<Countdown>(all.size());
    for (const auto& connection : all) {
      CloseRequest request(CloseCause::kShutdown);
      request.grace = grace;
      connection->Interrupt(std::move(request));
      connection->WhenClosed([remaining](const CloseResult&) { remaining->CountDown(); });
    }
    closed += all.size();
    if (!remaining->WaitUntil(deadline)) gateway.CutEveryone();
  }
  return closed;
}

}  // namespace drawbridge
