// A watch that goes on: over lost connections, and over a history that is lost.
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
  absl::Duration retry_for = absl::Minutes(5);  // without any event, before it gives up
};

// Calls `visit` with each event until that returns false: then OK. After UNAVAILABLE, RESOURCE_EXHAUSTED or
// an end without a failure it goes on behind the last event; after OUT_OF_RANGE, or where the node is another
// one since, with a new snapshot. It says so by `warn`. Any other failure is returned, and so is one before
// the first event. Blocks.
grpc::Status Follow(ControlClient& client, const FollowOptions& options,
                    const std::function<bool(const v1::WatchConnectionsResponse&)>& visit,
                    const std::function<void(const std::string&)>& warn);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_FOLLOW_H_
