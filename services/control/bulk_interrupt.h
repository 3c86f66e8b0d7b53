// InterruptConnections without gRPC and without a timer: who is meant, when each is ended, what came of it.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"
#include "services/control/matches.h"
#include "services/drain/paced_close.h"
#include "services/filter/filter.h"

namespace drawbridge {

// What a request asks for, once it is checked.
struct BulkInterruptOptions {
  static constexpr uint64_t kNoBound = std::numeric_limits<uint64_t>::max();

  Filter filter;
  CloseRequest close{CloseCause::kInterrupted};
  bool dry_run = false;
  uint64_t max_count = kNoBound;
  uint64_t limit = kNoBound;
  uint32_t rate = 0;  // a second; 0: as fast as possible
};

// INVALID_ARGUMENT naming the field, its value and its bound.
grpc::Status ParseBulkInterrupt(const control::v1::InterruptConnectionsRequest& request,
                                BulkInterruptOptions* options);

// First finds all that match, then ends them at their pace, the oldest first. Who comes after the start is
// not meant. Of a million that match it remembers 8 bytes each, and nothing that outlives them.
//
// Never blocks. Not thread-safe, but for `ended`. When it dies, nothing more is ended; what was begun goes
// on.
class BulkInterrupt {
 public:
  // Registry and clock must outlive it. `ended` is called at most once, on any thread and perhaps after this
  // has died, when the last of the connections is gone: it must not block.
  BulkInterrupt(const Registry& registry, const Clock& clock, BulkInterruptOptions options, uint32_t seed,
                std::function<void()> ended);

  // Does a part of what is due, about a millisecond long. Returns when to call it again; nullopt: not before
  // `ended`, or never, where it is done.
  std::optional<SteadyTime> Work();

  // Nothing is left to do or to wait for.
  bool done() const;
  // Once it is done: OK, or FAILED_PRECONDITION where more than max_count match; then nothing was ended.
  grpc::Status status() const;
  // What has come of it so far. A connection is counted as InterruptConnection would name its outcome.
  control::v1::InterruptConnectionsResponse Progress() const;

 private:
  bool too_many() const { return matched_ > options_.max_count; }
  void Collect();
  void Add(const Connection& connection);
  void BeginToEnd();

  const Registry& registry_;
  const Clock& clock_;
  const BulkInterruptOptions options_;
  const uint32_t seed_;
  std::function<void()> ended_;

  Matches matches_;
  uint64_t matched_ = 0;
  std::vector<uint64_t> sequences_;   // of those to be ended; at most as many as were connected
  std::vector<std::string> samples_;  // dry_run: ids

  std::unique_ptr<PacedClose> close_;  // once all are found
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_H_
