// CountConnections without gRPC and without a thread: how many match, in total and by the values of a field.
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

// Counts the listed connections that match and were there when it began. Never blocks. Not thread-safe, but
// for Stop. Remembers at most 10,000 values and 8 MiB of them.
class Count {
 public:
  // INVALID_ARGUMENT naming the field. Registry and clock must outlive the count.
  static grpc::Status Begin(const Registry& registry, const Clock& clock,
                            const control::v1::CountConnectionsRequest& request,
                            std::unique_ptr<Count>* count);

  // Counts the next ones, about a millisecond's work. False: that was all.
  bool CountSome();
  // Any thread: nothing is counted further.
  void Stop() { stopped_ = true; }

  // What was counted so far.
  control::v1::CountConnectionsResponse Response() const;

 private:
  Count(const Registry& registry, const Clock& clock, Filter filter);
  void Add(const Connection& connection);
  void AddTopGroups(control::v1::CountConnectionsResponse* response) const;

  const Registry& registry_;
  const Filter filter_;
  std::optional<Grouping> grouping_;
  size_t max_groups_ = 0;
  std::optional<size_t> known_;  // the total, where no walk is needed

  Matches matches_;
  int64_t total_ = 0;
  int64_t unset_ = 0;
  int64_t further_ = 0;  // of values for which there was no room
  absl::flat_hash_map<std::string, int64_t> by_value_;
  size_t value_bytes_ = 0;  // of its keys
  std::string value_;       // scratch space of Add
  std::atomic<bool> stopped_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_COUNT_H_
