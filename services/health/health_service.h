// The standard health service of gRPC, grpc.health.v1.Health, for the services of this node.
#ifndef DRAWBRIDGE_SERVICES_HEALTH_HEALTH_SERVICE_H_
#define DRAWBRIDGE_SERVICES_HEALTH_HEALTH_SERVICE_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "gateway/connections/slots.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "services/auth/guard.h"
#include "services/auth/guarded_service.h"

namespace drawbridge {

// Used instead of the health service of gRPC 1.51, which repeats a status that has not changed, ends a watch
// whose client leaves with UNKNOWN, and leaves it to gRPC to end a watch whose deadline passes (see
// services/control/answer_by.h).
//
// Thread-safe; never blocks. Watches run on a thread of its own.
class HealthService {
 public:
  // For all callers together. A further watch gets RESOURCE_EXHAUSTED.
  static constexpr size_t kMaxWatches = 1024;

  // `services`: the known names; the empty name is the whole node. All begin as NOT_SERVING. The guard must
  // outlive this object. The server must be shut down before this object is destroyed.
  HealthService(Guard* guard, const std::vector<std::string>& services);
  ~HealthService();

  // For the server to register.
  GuardedService<grpc::health::v1::Health>& service() { return service_; }

  // Sends the status to watches if it has changed. `name` must be one of `services`.
  void Set(const std::string& name, bool serving);

  // For the shutdown: each watch gets the last status, then ends with UNAVAILABLE. Does not wait for that.
  void EndWatches();

 private:
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;
  class Watch;

  grpc::ServerUnaryReactor* Check(const Call& call, const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(const Call& call, const grpc::ByteBuffer* request);

  Status StatusOf(const std::string& name) const;  // SERVICE_UNKNOWN: no such name
  void StepAll();

  std::map<std::string, std::atomic<Status>> statuses_;  // its keys never change
  std::atomic<bool> ending_ = false;
  Slots slots_{kMaxWatches};
  std::unordered_set<Watch*> watches_;  // used on thread_ only
  boost::asio::thread_pool thread_{1};
  GuardedService<grpc::health::v1::Health> service_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_HEALTH_HEALTH_SERVICE_H_
