// CountConnections without gRPC and threads: counts the matching connections, in total and by the values of a
// field.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_COUNT_H_
#define DRAWBRIDGE_SERVICES_CONTROL_COUNT_H_

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "services/control/grouping.h"
#include "services/control/matches.h"
#include "services/filter/filter.h"

namespace drawbridge {

// Counts the listed connections that match and were listed when the count began. Never blocks. Not
// thread-safe, except Stop. Keeps at most 10,000 values and 8 MiB of them.
class Count {
 public:
  // Returns INVALID_ARGUMENT naming the field. `registry` and `clock` must outlive the count.
  static grpc::Status Begin(const Registry& registry, const Clock& clock,
                            const control::v1::CountConnectionsRequest& request,
                            std::unique_ptr<Count>* count);

  // Counts the next connections, about one millisecond of work. Returns false when none are left.
  bool CountSome();
  // Thread-safe. No further connection is counted.
  void Stop() { stopped_ = true; }

  // The counts so far.
  control::v1::CountConnectionsResponse Response() const;

 private:
  Count(const Registry& registry, const Clock& clock, Filter filter);
  void Add(const Connection& connection);
  void AddTopGroups(control::v1::CountConnectionsResponse* response) const;

  const Registry& registry_;
  const Filter filter_;
  std::optional<Grouping> grouping_;
  size_t max_groups_ = 0;
  std::optional<size_t> known_;  // the total, if it is known without a walk

  Matches matches_;
  int64_t total_ = 0;
  int64_t unset_ = 0;
  int64_t further_ = 0;  // connections with values beyond the limits
  absl::flat_hash_map<std::string, int64_t> by_value_;
  size_t value_bytes_ = 0;  // of the keys of `by_value_`
  std::string value_;       // buffer of Add
  std::atomic<bool> stopped_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_COUNT_H_
