// drawbridge.control.v1.NodeService, of this node alone.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_NODE_SERVICE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_NODE_SERVICE_H_

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/slots.h"
#include "gateway/listener/gateway.h"
#include "services/control/drain_call.h"
#include "services/drain/drainer.h"

namespace drawbridge {

// Every method takes its request as bytes: wire.h says why.
using RawNodeMethods = control::v1::NodeService::WithRawCallbackMethod_ListNodes<
    control::v1::NodeService::WithRawCallbackMethod_DrainNode<
        control::v1::NodeService::WithRawCallbackMethod_ResumeNode<control::v1::NodeService::Service>>>;

// Thread-safe: gRPC calls it on any thread. Never blocks.
class NodeService final : public RawNodeMethods {
 public:
  // Gateway, drainer and clock must outlive the service; the server must be shut down before the service
  // dies. `defaults`: what a drain is like of which a request says nothing; any thread.
  NodeService(Gateway* gateway, Drainer* drainer, const Clock* clock, std::function<DrainPlan()> defaults);
  ~NodeService() override;

  grpc::ServerUnaryReactor* ListNodes(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* DrainNode(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ResumeNode(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;

 private:
  // Others are refused: who watches a drain once need not do so twice.
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
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_NODE_SERVICE_H_
