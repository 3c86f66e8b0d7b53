// InterruptConnections without gRPC and timers: selects the connections, paces their closes and counts the
// outcomes.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_H_

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/close.h"
#include "gateway/connections/registry.h"
#include "services/control/matches.h"
#include "services/drain/paced_close.h"
#include "services/filter/filter.h"

namespace drawbridge {

// The validated options of a request.
struct BulkInterruptOptions {
  static constexpr uint64_t kNoBound = std::numeric_limits<uint64_t>::max();

  Filter filter;
  CloseRequest close{CloseCause::kInterrupted};
  bool dry_run = false;
  uint64_t max_count = kNoBound;
  uint64_t limit = kNoBound;
  uint32_t rate = 0;  // closes per second; 0: as fast as possible
  // Ban the client of each connection for this long before the first close. 0: no bans.
  std::chrono::nanoseconds refuse_for{0};
  bool newcomers = false;  // include connections that open before the walk comes to them
};

// Returns INVALID_ARGUMENT naming the field, its value and its bound.
grpc::Status ParseBulkInterrupt(const control::v1::InterruptConnectionsRequest& request,
                                BulkInterruptOptions* options);

// First finds all matching connections, then has their clients banned if that is requested, then closes the
// connections at the requested rate, oldest first. Connections that open after the start are not included,
// unless the options say so. It keeps 8 bytes for each matching connection, and the bans until they are made.
// It does not keep the connections alive.
//
// Never blocks. Not thread-safe, except `ended`. After its destruction no further connection is closed;
// closes that have begun continue.
class BulkInterrupt {
 public:
  // `registry` and `clock` must outlive it. `ended` is called at most once, when the last of the connections
  // has ended. It is called on any thread, possibly after the destruction of this object, and must not block.
  BulkInterrupt(const Registry& registry, const Clock& clock, BulkInterruptOptions options, uint32_t seed,
                std::function<void()> ended);

  // Does the next part of the due work, about one millisecond. Returns when to call it again; nullopt if
  // there is no work before `ended` is called, or before BansMade is called, or if it is done.
  std::optional<SteadyTime> Work();

  // The bans to be made now, once; otherwise none. Asked after each Work. The caller reports by BansMade. If
  // the bans fail, nothing is closed.
  std::vector<Ban> TakeBans();
  void BansMade(const grpc::Status& status);

  // Whether nothing is left to do or to wait for.
  bool done() const;
  // Valid once it is done: OK, or FAILED_PRECONDITION if more than max_count connections match, or the
  // failure of the bans. In these cases no connection was closed.
  grpc::Status status() const;
  // The counts so far. A connection is counted by the outcome that InterruptConnection would return.
  control::v1::InterruptConnectionsResponse Progress() const;

 private:
  bool too_many() const { return matched_ > options_.max_count; }
  void Collect();
  void Add(const Connection& connection);
  void AddBan(const Connection& connection);
  void BeginToEnd();

  const Registry& registry_;
  const Clock& clock_;
  const BulkInterruptOptions options_;
  const uint32_t seed_;
  std::function<void()> ended_;

  Matches matches_;
  uint64_t matched_ = 0;
  std::vector<uint64_t> sequences_;   // of the connections to close
  std::vector<std::string> samples_;  // dry_run: ids

  const WallTime began_;
  std::vector<Ban> bans_;                    // to be made
  absl::flat_hash_set<std::string> banned_;  // their subjects, while they are collected
  int64_t ban_count_ = 0;
  bool awaits_bans_ = false;
  grpc::Status bans_status_;

  std::unique_ptr<PacedClose> close_;  // set once all matches are found and the bans are made
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BULK_INTERRUPT_H_
