#include "services/server/descriptors.h"

#include <algorithm>

#include "gateway/listener/gateway.h"
#include "services/admin/http_server.h"

namespace drawbridge {
namespace {

// The process without clients and callers has 23 (measured); the rest is for files that it reads at times.
constexpr size_t kProcess = 48;
constexpr size_t kIoThread = 5;  // the pollers, timers and wake-up descriptors of one

// A caller needs one connection. The upper bound limits the memory that unauthenticated callers can use to
// about 10 MiB.
constexpr size_t kFewestControlConnections = 16;
constexpr size_t kMostControlConnections = 1024;
constexpr size_t kControlPart = 16;  // one in 16 of all descriptors

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
