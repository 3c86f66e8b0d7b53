// Closes many connections, each at its own time, and counts the outcomes.
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

// Never blocks. Not thread-safe, except `ended`. After its destruction no further connection is closed;
// closes that have begun continue.
class PacedClose {
 public:
  // Closes the connections with these `sequences`, in this order. `registry` and `clock` must outlive it.
  // `ended` is called at most once, when the last of the connections has ended. It is called on any thread,
  // possibly after the destruction of this object, and must not block.
  PacedClose(const Registry& registry, const Clock& clock, CloseRequest request,
             std::vector<uint64_t> sequences, Pace pace, std::function<void()> ended);

  // Does the next part of the due work, about one millisecond. Returns when to call it again; nullopt if all
  // closes have begun.
  std::optional<SteadyTime> Work();

  // The number of closes that have begun, including connections that were already closing.
  int64_t begun() const { return begun_; }
  // Whether all connections have ended.
  bool done() const { return tally_->awaited == 0; }

  struct Counts {
    int64_t clean = 0;
    int64_t timeout = 0;
    int64_t aborted = 0;
    int64_t rejected = 0;
    int64_t already_closed = 0;  // ended before their turn

    int64_t ended() const { return clean + timeout + aborted + rejected; }
  };
  Counts counts() const;

 private:
  // Counts the outcomes. The connections share ownership, since they may end after the destruction of
  // PacedClose.
  struct Tally {
    void Count(CloseOutcome outcome);

    std::atomic<int64_t> clean = 0;
    std::atomic<int64_t> timeout = 0;
    std::atomic<int64_t> aborted = 0;
    std::atomic<int64_t> rejected = 0;
    std::atomic<int64_t> awaited = 1;  // closes in progress, plus one until all have begun
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
  size_t next_ = 0;  // index into `sequences_`
  bool all_begun_ = false;
  int64_t begun_ = 0;
  int64_t already_closed_ = 0;
  // Closes that began recently and are not complete. Their number is limited so that other sessions run in
  // between.
  std::vector<Begun> under_way_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_DRAIN_PACED_CLOSE_H_
