// Lists all matching connections, page by page.
#ifndef DRAWBRIDGE_TOOLS_CTL_WALK_H_
#define DRAWBRIDGE_TOOLS_CTL_WALK_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <string>

#include "tools/ctl/client.h"

namespace drawbridge::ctl {

struct WalkOptions {
  std::string filter;
  bool show_closed = false;
  int64_t limit = 0;  // maximum number of connections over all pages; 0: unlimited
};

// Calls `visit` with each page, oldest connections first, until there are no more pages, `limit` is reached
// or a call fails. Blocks.
grpc::Status Walk(ControlClient& client, const WalkOptions& options,
                  const std::function<void(const v1::ListConnectionsResponse&)>& visit);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_WALK_H_
