#include "services/server/descriptors.h"

#include <algorithm>

#include "gateway/listener/gateway.h"
#include "services/admin/http_server.h"

namespace drawbridge {
namespace {

// Of the process without clients and callers: 23, measured, and as many for files that are read now and then.
constexpr size_t kProcess = 48;
constexpr size_t kIoThread = 5;  // pollers, timers and doorbells of one

// A caller needs one connection. A bound of 1,024 keeps strangers from taking more than some ten MiB.
constexpr size_t kFewestControlConnections = 16;
constexpr size_t kMostControlConnections = 1024;
constexpr size_t kControlPart = 16;  // of the limit: one in so many

}  // namespace

DescriptorShares ShareDescriptors(size_t limit, int io_threads) {
  DescriptorShares shares{
      .process = kProcess + kIoThread * static_cast<size_t>(io_threads),
      .refused_clients = Gateway::kRefusals,
      .admin_connections = HttpServer::Options().max_connections + 1,
      .control_connections =
          std::clamp(limit / kControlPart, kFewestControlConnections, kMostControlConnections) + 1};
  shares.clients = limit - std::min(limit, shares.without_clients());
  return shares;
}

}  // namespace drawbridge
