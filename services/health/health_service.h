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

// gRPC 1.51 brings one of its own. It repeats a status that has not changed, ends a watch whose client leaves
// with UNKNOWN, and leaves a watch whose deadline passes to gRPC (see services/control/answer_by.h).
//
// Thread-safe; never blocks. Watches live on a thread of its own.
class HealthService {
 public:
  // Of all callers; one more gets RESOURCE_EXHAUSTED.
  static constexpr size_t kMaxWatches = 1024;

  // `services`: the names that are known, empty for the whole node; none is serving yet. The guard must
  // outlive it, and the server must be shut down before it dies.
  HealthService(Guard* guard, const std::vector<std::string>& services);
  ~HealthService();

  // For the server to register.
  GuardedService<grpc::health::v1::Health>& service() { return service_; }

  // Watches are told if that is a change. `name` is one of `services`.
  void Set(const std::string& name, bool serving);

  // The node is going away: each watch is told the last status, then ends with UNAVAILABLE. Does not wait.
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
  std::unordered_set<Watch*> watches_;  // the thread's
  boost::asio::thread_pool thread_{1};
  GuardedService<grpc::health::v1::Health> service_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_HEALTH_HEALTH_SERVICE_H_
