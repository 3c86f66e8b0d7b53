// Empties a node at a humane pace: not ready, then closed to newcomers, then a goodbye to each client at its
// own moment, then the end of patience.
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
#include "gateway/connections/close.h"
#include "gateway/listener/gateway.h"
#include "services/drain/paced_close.h"

namespace drawbridge {

struct DrainPlan {
  std::chrono::nanoseconds not_ready{0};  // clients are still accepted, for balancers are slow to notice
  std::chrono::nanoseconds spread{0};     // the close frames are spread evenly over it
  // Who is still there when the grace after the last close frame is over is cut.
  CloseRequest close{CloseCause::kShutdown};
};

enum class NodeState : uint8_t { kServing, kDraining, kDrained };

// Thread-safe, and its functions do not block, but as said. What is to be done is done by a thread of its
// own, step by step.
class Drainer {
 public:
  // Both must outlive it. `on_change` is called on the drainer's thread when the state has changed, before
  // anything else is done; it must not block.
  Drainer(Gateway* gateway, const Clock* clock, std::function<void()> on_change);
  // Leaves a drain where it is.
  ~Drainer();

  // Begins a drain. One that is under way is replaced, for those who are left, where `plan` ends sooner:
  // nobody makes a drain last longer. False, and nothing is done, where the node is shutting down.
  bool Drain(DrainPlan plan);

  // Takes a drain back, under way or over: clients are accepted again; who was told to go goes. Empty where
  // the node serves, otherwise why it does not. Blocks for a moment.
  std::string Resume();

  // The last drain of all: from now on nobody but Hasten changes it. Returns how many it has told to go.
  // Blocks until nobody is left, which takes little longer than `plan` says.
  int64_t Shutdown(DrainPlan plan);
  // Says goodbye at once to all who are left, and cuts them a moment later. Only in a Shutdown.
  void Hasten();

  NodeState state() const { return state_; }
  bool shutting_down() const { return shutting_down_; }
  // How many were told to go since the node last served.
  int64_t told() const { return told_; }

  // Calls `begun` once, on the drainer's thread, when whatever was asked for before has begun; it must not
  // block.
  void WhenBegun(std::function<void()> begun);
  // Calls `over` once, on the drainer's thread, when no drain is under way; it must not block. Returns a
  // handle for Forget, with which it may still be called once if that had begun.
  uint64_t WhenOver(std::function<void()> over);
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

  // On its thread.
  void Begin(DrainPlan plan);
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

  // On its thread.
  std::optional<Schedule> schedule_;  // of the drain that is under way
  std::unique_ptr<PacedClose> close_;
  std::optional<SteadyTime> cut_;  // once all are told
  int64_t told_before_ = 0;        // by earlier ones of `close_`
  bool accepting_ = true;
  std::map<uint64_t, std::function<void()>> waiting_;

  boost::asio::thread_pool thread_{1};
  boost::asio::steady_timer timer_{thread_};
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_DRAINER_H_
