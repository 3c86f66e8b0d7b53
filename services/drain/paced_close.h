// Ends many connections, each at its moment, and counts how they ended.
#ifndef DRAWBRIDGE_SERVICES_DRAIN_PACED_CLOSE_H_
#define DRAWBRIDGE_SERVICES_DRAIN_PACED_CLOSE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"
#include "services/drain/pace.h"

namespace drawbridge {

// Never blocks. Not thread-safe, but for `ended`. When it dies, nothing more is ended; what was begun goes
// on.
class PacedClose {
 public:
  // Those of `sequences`, in this order. Registry and clock must outlive it. `ended` is called at most once,
  // on any thread and perhaps after this has died, when the last of the connections is gone: it must not
  // block.
  PacedClose(const Registry& registry, const Clock& clock, CloseRequest request,
             std::vector<uint64_t> sequences, Pace pace, std::function<void()> ended);

  // Does a part of what is due, about a millisecond long. Returns when to call it again; nullopt: all are
  // begun.
  std::optional<SteadyTime> Work();

  // How many it has told to go, or found going.
  int64_t begun() const { return begun_; }
  // All are gone.
  bool done() const { return tally_->awaited == 0; }

  struct Counts {
    int64_t clean = 0;
    int64_t timeout = 0;
    int64_t aborted = 0;
    int64_t rejected = 0;
    int64_t already_closed = 0;  // before their turn

    int64_t ended() const { return clean + timeout + aborted + rejected; }
  };
  Counts counts() const;

 private:
  // What the connections' ends are counted in. They hold it, for they may end after this has died.
  struct Tally {
    void Count(CloseOutcome outcome);

    std::atomic<int64_t> clean = 0;
    std::atomic<int64_t> timeout = 0;
    std::atomic<int64_t> aborted = 0;
    std::atomic<int64_t> rejected = 0;
    std::atomic<int64_t> awaited = 1;  // begun and not over, and one while others are to be begun
    std::function<void()> ended;
  };

  struct Begun {
    std::shared_ptr<Connection> connection;
    SteadyTime time;
  };

  void End(std::shared_ptr<Connection> connection, SteadyTime now);

  const Registry& registry_;
  const Clock& clock_;
  const CloseRequest request_;
  const std::vector<uint64_t> sequences_;
  const std::shared_ptr<Tally> tally_ = std::make_shared<Tally>();

  Pace pace_;
  size_t next_ = 0;  // of `sequences_`
  bool all_begun_ = false;
  int64_t begun_ = 0;
  int64_t already_closed_ = 0;
  // Begun lately and not over: bounded, so that other sessions have their turn in between.
  std::vector<Begun> under_way_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_PACED_CLOSE_H_
