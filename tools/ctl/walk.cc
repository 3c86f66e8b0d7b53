#include "tools/ctl/walk.h"

#include <algorithm>

namespace drawbridge::ctl {
namespace {

constexpr int64_t kPage = 1000;  // the gateway's maximum page size

}  // namespace

grpc::Status Walk(ControlClient& client, const WalkOptions& options,
                  const std::function<void(const v1::ListConnectionsResponse&)>& visit) {
  v1::ListConnectionsRequest request;
  request.set_filter(options.filter);
  request.set_show_closed(options.show_closed);
  int64_t left = options.limit;
  while (true) {
    // A page may be shorter than requested, or empty, although more pages follow.
    request.set_page_size(static_cast<int32_t>(options.limit == 0 ? kPage : std::min(left, kPage)));
    v1::ListConnectionsResponse response;
    grpc::Status status = Call(client, &v1::ConnectionService::Stub::ListConnections, request, &response);
    if (!status.ok()) return status;
    visit(response);
    left -= response.connections_size();
    if (response.next_page_token().empty() || (options.limit != 0 && left <= 0)) return grpc::Status::OK;
    request.set_page_token(response.next_page_token());
  }
}

}  // namespace drawbridge::ctl
