#include "services/control/node_service.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "gateway/base/version.h"
#include "services/control/audit.h"
#include "services/control/close_fields.h"
#include "services/control/convert.h"
#include "services/control/errors.h"
#include "services/control/refused_stream.h"
#include "services/control/waiting_call.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr std::chrono::hours kMaxPhase{1};

v1::NodeState ToProto(NodeState state) {
  switch (state) {
    case NodeState::kServing:
      return v1::NODE_STATE_SERVING;
    case NodeState::kDraining:
      return v1::NODE_STATE_DRAINING;
    case NodeState::kDrained:
      return v1::NODE_STATE_DRAINED;
  }
  return v1::NODE_STATE_UNSPECIFIED;
}

grpc::Status ShuttingDown() {
  return Failure(grpc::StatusCode::FAILED_PRECONDITION, "NODE_SHUTTING_DOWN",
                 "the node is shutting down: it cannot be drained or resumed");
}

grpc::Status TooManyDrainCalls(size_t bound) {
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_DRAIN_CALLS",
                 fmt::format("{} calls of DrainNode are in progress, which is the limit", bound));
}

}  // namespace

NodeService::NodeService(const Node& node, std::function<DrainPlan()> defaults)
    : gateway_(*node.gateway),
      drainer_(*node.drainer),
      clock_(*node.clock),
      defaults_(std::move(defaults)),
      start_time_(clock_.Wall()),
      service_(node.guard) {
  service_.BindUnary("ListNodes", std::bind_front(&NodeService::ListNodes, this));
  service_.BindStreaming("DrainNode", std::bind_front(&NodeService::DrainNode, this));
  service_.BindUnary("ResumeNode", std::bind_front(&NodeService::ResumeNode, this));
}

NodeService::~NodeService() { thread_.join(); }

grpc::ServerUnaryReactor* NodeService::ListNodes(const Call& call, const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  v1::ListNodesRequest parsed;
  const grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) {
    v1::ListNodesResponse answer;
    *answer.add_nodes() = Describe();
    *response = SerializeResponse(answer);
  }
  auto* reactor = call.context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* NodeService::DrainNode(const Call& call,
                                                                   const grpc::ByteBuffer* request) {
  Audit audit("DrainNode", call, clock_);
  v1::DrainNodeRequest parsed;
  DrainPlan plan = defaults_();
  plan.close.actor = call.caller;
  grpc::Status status = ParseRequest(*request, parsed);
  audit.Asked(parsed);
  if (status.ok()) status = Parse(parsed, &plan);
  Slot slot = drain_calls_.Take();
  if (status.ok() && !slot) status = TooManyDrainCalls(drain_calls_.capacity());
  if (status.ok() && !drainer_.Drain(std::move(plan))) status = ShuttingDown();
  if (!status.ok()) {
    audit.Finish(status);
    return new RefusedStream(status);
  }
  return DrainCall::Start({thread_, drainer_, clock_, [this] { return Describe(); }}, *call.context,
                          std::move(slot), std::move(audit));
}

grpc::ServerUnaryReactor* NodeService::ResumeNode(const Call& call, const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  const auto audit = std::make_shared<Audit>("ResumeNode", call, clock_);
  v1::ResumeNodeRequest parsed;
  grpc::Status status = ParseRequest(*request, parsed);
  audit->Asked(parsed);
  if (status.ok()) status = CheckNode(parsed.node_id());
  auto* waiting = new WaitingCall(thread_, audit, "the node may resume");
  if (!status.ok()) {
    waiting->AnswerNow(status);
    return waiting->Wait(*call.context);
  }
  // Runs on a thread that may block until the drainer answers.
  waiting->Answerer()([this, response] {
    const std::string refusal = drainer_.Resume();
    if (drainer_.shutting_down()) return ShuttingDown();
    if (!refusal.empty()) return Failure(grpc::StatusCode::UNAVAILABLE, "CANNOT_LISTEN", refusal);
    v1::ResumeNodeResponse answer;
    *answer.mutable_node() = Describe();
    *response = SerializeResponse(answer);
    return grpc::Status::OK;
  });
  return waiting->Wait(*call.context);
}

v1::Node NodeService::Describe() const {
  v1::Node node;
  const NodeIdentity& identity = gateway_.registry().node();
  node.set_node_id(identity.node_id());
  node.set_state(ToProto(drainer_.state()));
  node.set_version(kVersion);
  node.set_open_connections(static_cast<int64_t>(gateway_.registry().size()));
  node.set_max_connections(static_cast<int64_t>(gateway_.max_connections()));
  *node.mutable_start_time() = drawbridge::ToProto(start_time_);
  node.set_incarnation(identity.incarnation());
  return node;
}

grpc::Status NodeService::CheckNode(const std::string& node_id) const {
  const std::string& own = gateway_.registry().node().node_id();
  if (node_id.empty() || node_id == own) return grpc::Status::OK;
  return Failure(grpc::StatusCode::NOT_FOUND, "NODE_NOT_FOUND",
                 fmt::format("node_id is {}: the only known node is \"{}\"", Quoted(node_id), own));
}

grpc::Status NodeService::Parse(const v1::DrainNodeRequest& request, DrainPlan* plan) const {
  grpc::Status status = CheckNode(request.node_id());
  if (status.ok() && request.has_not_ready())
    status = ParseDuration("NOT_READY_OUT_OF_RANGE", "not_ready", request.not_ready(), kMaxPhase,
                           &plan->not_ready);
  if (status.ok() && request.has_spread())
    status = ParseDuration("SPREAD_OUT_OF_RANGE", "spread", request.spread(), kMaxPhase, &plan->spread);
  if (status.ok()) status = ParseCode(request.code(), &plan->close);
  if (status.ok()) status = ParseReason(request.reason(), &plan->close);
  return status;
}

}  // namespace drawbridge
