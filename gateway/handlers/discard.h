// For gateways that only push: messages from clients are counted and dropped.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_DISCARD_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_DISCARD_H_

#include "gateway/handlers/handler.h"

namespace drawbridge {

// The session counts the message and applies all limits before it calls the handler.
class DiscardHandler final : public Handler {
 public:
  void OnMessage(Connection&, const Message&, Replier&) override {}
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_DISCARD_H_
