#include "services/control/broadcast.h"

#include <cstddef>
#include <utility>

#include "gateway/connections/connection.h"
#include "services/control/parse_filter.h"
#include "services/control/send.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kStretch = 1024;  // connections examined in one call of SendSome

}  // namespace

grpc::Status Broadcast::Begin(const Registry& registry, const Clock& clock, SendBudget& budget,
                              const v1::BroadcastMessageRequest& request,
                              std::unique_ptr<Broadcast>* broadcast) {
  Filter filter;
  if (grpc::Status status = ParseRequiredFilter(request.filter(), &filter); !status.ok()) return status;
  OutboundMessage message;
  if (grpc::Status status = ParseMessage(request.message(), budget, &message); !status.ok()) return status;
  broadcast->reset(new Broadcast(registry, clock, std::move(filter), std::move(message)));
  return grpc::Status::OK;
}

Broadcast::Broadcast(const Registry& registry, const Clock& clock, Filter filter, OutboundMessage message)
    : filter_(std::move(filter)),
      type_(message.type),
      payload_(std::move(message.payload)),
      matches_(registry, filter_, clock, {.created_by = clock.Steady()}) {}

bool Broadcast::SendSome() {
  if (stopped_) return false;
  for (const auto& connection : matches_.Next(kStretch)) {
    switch (connection->Send({type_, payload_})) {
      case SendStatus::kQueued:
        ++queued_;
        break;
      case SendStatus::kFull:
      case SendStatus::kTooLarge:
        ++dropped_;
        break;
      case SendStatus::kNodeFull:
        ++node_full_;
        break;
      case SendStatus::kClosing:
        break;
    }
  }
  return !matches_.done();
}

v1::BroadcastMessageResponse Broadcast::Response() const {
  v1::BroadcastMessageResponse response;
  response.set_matched_count(queued_ + dropped_ + node_full_);
  response.set_queued_count(queued_);
  response.set_dropped_count(dropped_);
  response.set_node_full_count(node_full_);
  return response;
}

}  // namespace drawbridge
