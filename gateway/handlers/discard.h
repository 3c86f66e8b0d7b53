// For gateways that push only: what clients send is counted and dropped.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_DISCARD_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_DISCARD_H_

#include "gateway/handlers/handler.h"

namespace drawbridge {

// The session has counted the message before it comes here, and has held it to every limit.
class DiscardHandler final : public Handler {
 public:
  void OnMessage(Connection&, const Message&, Replier&) override {}
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_DISCARD_H_
