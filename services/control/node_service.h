// drawbridge.control.v1.NodeService for this node only.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_NODE_SERVICE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_NODE_SERVICE_H_

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/slots.h"
#include "gateway/listener/gateway.h"
#include "services/auth/guard.h"
#include "services/auth/guarded_service.h"
#include "services/control/drain_call.h"
#include "services/drain/drainer.h"

namespace drawbridge {

// Thread-safe: gRPC calls it on any thread. Never blocks.
class NodeService final {
 public:
  // All must outlive the service.
  struct Node {
    Gateway* gateway;
    Drainer* drainer;
    const Clock* clock;
    Guard* guard;
  };
  // The server must be shut down before the service is destroyed. `defaults` returns the values of fields
  // that a request does not set. It must be thread-safe.
  NodeService(const Node& node, std::function<DrainPlan()> defaults);
  ~NodeService();

  // The service to register with the gRPC server. It asks the guard about every call.
  GuardedService<control::v1::NodeService>& service() { return service_; }

 private:
  // The RPCs. Each is called with the bytes of its request after the guard has admitted the caller.
  grpc::ServerUnaryReactor* ListNodes(const Call& call, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* DrainNode(const Call& call, const grpc::ByteBuffer* request);
  grpc::ServerUnaryReactor* ResumeNode(const Call& call, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response);

  // Further calls are refused.
  static constexpr size_t kDrainCallsAtOnce = 32;

  control::v1::Node Describe() const;
  grpc::Status CheckNode(const std::string& node_id) const;
  grpc::Status Parse(const control::v1::DrainNodeRequest& request, DrainPlan* plan) const;

  Gateway& gateway_;
  Drainer& drainer_;
  const Clock& clock_;
  const std::function<DrainPlan()> defaults_;
  const WallTime start_time_;
  Slots drain_calls_{kDrainCallsAtOnce};
  boost::asio::thread_pool thread_{1};
  GuardedService<control::v1::NodeService> service_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_NODE_SERVICE_H_
