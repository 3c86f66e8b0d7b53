// BroadcastMessage as plain functions: to whom, and how many have it queued.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_BROADCAST_H_
#define DRAWBRIDGE_SERVICES_CONTROL_BROADCAST_H_

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/outbox.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/send_budget.h"
#include "services/control/matches.h"
#include "services/filter/filter.h"

namespace drawbridge {

// One message to every open connection that matches when its turn comes and was there when the broadcast
// began. The payload is there once, whoever waits for it. A connection that is closing takes no more
// messages: it is not counted. One whose send queue has no room is `dropped`, and one that the node's send
// queues together have no room for is `node_full`: it misses this message and nothing else.
//
// Never blocks. Not thread-safe, but for Stop.
class Broadcast {
 public:
  // INVALID_ARGUMENT naming the field. All but the request must outlive the broadcast.
  static grpc::Status Begin(const Registry& registry, const Clock& clock, SendBudget& budget,
                            const control::v1::BroadcastMessageRequest& request,
                            std::unique_ptr<Broadcast>* broadcast);

  // Queues it to the next ones, about a millisecond's work. False: that was all.
  bool SendSome();
  // Any thread: nobody further gets it.
  void Stop() { stopped_ = true; }

  control::v1::BroadcastMessageResponse Response() const;

 private:
  Broadcast(const Registry& registry, const Clock& clock, Filter filter, OutboundMessage message);

  const Filter filter_;
  const MessageType type_;
  const std::shared_ptr<const std::string> payload_;
  Matches matches_;
  int64_t queued_ = 0;
  int64_t dropped_ = 0;
  int64_t node_full_ = 0;
  std::atomic<bool> stopped_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_BROADCAST_H_
