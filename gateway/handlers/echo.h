// The default handler: sends every message back unchanged.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_ECHO_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_ECHO_H_

#include "gateway/handlers/handler.h"

namespace drawbridge {

class EchoHandler final : public Handler {
 public:
  void OnMessage(Connection&, const Message& message, Replier& replier) override { replier.Reply(message); }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_ECHO_H_
