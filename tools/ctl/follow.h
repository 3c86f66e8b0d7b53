// A watch that resumes after a lost connection, and starts again with a snapshot after lost history.
#ifndef DRAWBRIDGE_TOOLS_CTL_FOLLOW_H_
#define DRAWBRIDGE_TOOLS_CTL_FOLLOW_H_

#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "tools/ctl/client.h"

namespace drawbridge::ctl {

struct FollowOptions {
  std::string filter;
  bool skip_snapshot = false;
  absl::Duration retry_for = absl::Minutes(5);  // time without any event after which it gives up
};

// Calls `visit` with each event until `visit` returns false, and then returns OK. After UNAVAILABLE,
// RESOURCE_EXHAUSTED or an end without a failure it resumes after the last event. After OUT_OF_RANGE, or if
// the address now belongs to another node, it starts again with a new snapshot. It reports both through
// `warn`. Any other failure, and any failure before the first event, is returned. Blocks.
grpc::Status Follow(ControlClient& client, const FollowOptions& options,
                    const std::function<bool(const v1::WatchConnectionsResponse&)>& visit,
                    const std::function<void(const std::string&)>& warn);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_FOLLOW_H_
