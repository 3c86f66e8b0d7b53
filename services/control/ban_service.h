// drawbridge.control.v1.BanService.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BAN_SERVICE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BAN_SERVICE_H_

#include <boost/asio/thread_pool.hpp>
#include <cstddef>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/slots.h"
#include "services/auth/guard.h"
#include "services/auth/guarded_service.h"
#include "services/control/ban_keeper.h"

namespace drawbridge {

// Thread-safe: gRPC calls it on any thread. Never blocks and never makes the data plane wait.
class BanService final {
 public:
  // All must outlive the service, except the keeper, which must be destroyed before it.
  struct Node {
    const Registry* registry;
    Bans* bans;
    BanKeeper* keeper;
    const Clock* clock;
    Guard* guard;
  };
  // The server must be shut down before the service is destroyed, and the connections must have ended.
  explicit BanService(const Node& node);
  ~BanService();

  // The service to register with the gRPC server. It asks the guard about every call.
  GuardedService<control::v1::BanService>& service() { return service_; }

 private:
  // The RPCs. Each is called with the bytes of its request after the guard has admitted the caller.
  grpc::ServerUnaryReactor* CreateBan(const Call& call, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* ListBans(const Call& call, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* DeleteBan(const Call& call, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response);

  // Each keeps 8 bytes for each matching connection. Further calls are refused.
  static constexpr size_t kCreateBansAtOnce = 32;

  const Registry& registry_;
  Bans& bans_;
  BanKeeper& keeper_;
  const Clock& clock_;
  Slots create_bans_{kCreateBansAtOnce};
  boost::asio::thread_pool thread_{1};  // closes connections and answers calls
  GuardedService<control::v1::BanService> service_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BAN_SERVICE_H_
