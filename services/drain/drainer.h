// Drains a node in phases: it reports not ready, stops accepting clients, closes the clients spread over
// time, and cuts those that remain after the grace.
#ifndef DRAWBRIDGE_SERVICES_DRAIN_DRAINER_H_
#define DRAWBRIDGE_SERVICES_DRAIN_DRAINER_H_

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/base/clock.h"
#include "gateway/listener/gateway.h"
#include "services/drain/drain_plan.h"
#include "services/drain/paced_close.h"

namespace drawbridge {

enum class NodeState : uint8_t { kServing, kDraining, kDrained };

// Thread-safe. Functions do not block unless noted otherwise. The work runs in steps on its own thread.
class Drainer {
 public:
  // Both must outlive it. `on_change` is called on the drainer's thread after each change of the state,
  // before any further work. It must not block.
  Drainer(Gateway* gateway, const Clock* clock, std::function<void()> on_change);
  // Stops a drain in progress where it is.
  ~Drainer();

  // Begins a drain. If one is in progress, `plan` replaces it for the remaining clients, but only if `plan`
  // ends sooner: a request cannot prolong a drain. Returns false and does nothing if the node is shutting
  // down.
  bool Drain(DrainPlan plan);

  // Undoes a drain that is in progress or complete: clients are accepted again. Closes that have begun
  // continue. Returns an empty string if the node serves, otherwise the reason why it does not. Blocks
  // briefly.
  std::string Resume();

  // The final drain: from now on only Hasten changes it. Returns told(). Blocks until no client is left,
  // which takes little longer than `plan` says.
  int64_t Shutdown(DrainPlan plan);
  // Sends the close frame to all remaining clients at once and cuts them shortly afterwards. Only during
  // Shutdown, or just before it: then Shutdown ends at once, with the code of its plan.
  void Hasten();

  NodeState state() const { return state_; }
  bool shutting_down() const { return shutting_down_; }
  // The number of closes that have begun since the node last served.
  int64_t told() const { return told_; }

  // Calls `begun` once, on the drainer's thread, after all earlier requests have begun. It must not block.
  void WhenBegun(std::function<void()> begun);
  // Calls `over` once, on the drainer's thread, as soon as no drain is in progress. It must not block.
  // Returns a handle for Forget.
  uint64_t WhenOver(std::function<void()> over);
  // Cancels a WhenOver. `over` may still be called if its call had already begun.
  void Forget(uint64_t handle);

 private:
  // A plan with its times fixed.
  struct Schedule {
    SteadyTime close_port;
    SteadyTime last_close;
    CloseRequest close;

    SteadyTime end() const { return last_close + close.grace; }
  };

  template <typename Work>
  void Post(Work work);

  // Called only on its thread.
  void Begin(DrainPlan plan);
  void EndNow();
  void Step();
  void CloseThoseDue(SteadyTime now);
  void StartAnew();
  void StepAt(SteadyTime time);
  void Finish();
  std::string TakeBack();
  void Become(NodeState state);

  Gateway& gateway_;
  const Clock& clock_;
  const std::function<void()> on_change_;

  std::atomic<NodeState> state_ = NodeState::kServing;
  std::atomic<bool> shutting_down_ = false;
  std::atomic<int64_t> told_ = 0;
  std::atomic<uint64_t> last_handle_ = 0;

  // Accessed only on its thread.
  std::optional<Schedule> schedule_;  // of the drain in progress
  std::unique_ptr<PacedClose> close_;
  std::optional<SteadyTime> cut_;  // set once all closes have begun
  int64_t told_before_ = 0;        // by earlier values of `close_`
  bool accepting_ = true;
  bool hastened_ = false;  // before the final drain has begun
  std::map<uint64_t, std::function<void()>> waiting_;

  boost::asio::thread_pool thread_{1};
  boost::asio::steady_timer timer_{thread_};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_DRAINER_H_
