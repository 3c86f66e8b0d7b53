// BroadcastMessage without gRPC and threads: selects the connections, queues the message and counts the
// results.
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

// Queues one message to every open connection that matches when it is examined and was open when the
// broadcast began. All connections share one copy of the payload. A closing connection accepts no messages
// and is not counted. A connection whose send queue has no room counts as `dropped`. A connection for which
// the send queues of the node together have no room counts as `node_full`. Both miss only this message.
//
// Never blocks. Not thread-safe, except Stop.
class Broadcast {
 public:
  // Returns INVALID_ARGUMENT naming the field. `registry`, `clock` and `budget` must outlive the broadcast.
  static grpc::Status Begin(const Registry& registry, const Clock& clock, SendBudget& budget,
                            const control::v1::BroadcastMessageRequest& request,
                            std::unique_ptr<Broadcast>* broadcast);

  // Queues the message to the next connections, about one millisecond of work. Returns false when none are
  // left.
  bool SendSome();
  // Thread-safe. No further connection gets the message.
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
