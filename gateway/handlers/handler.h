// The seam between the gateway and what it is used for: what to do with a client's message.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_HANDLER_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_HANDLER_H_

#include "gateway/connections/connection.h"
#include "gateway/connections/message.h"

namespace drawbridge {

// Answers the client whose message is being handled. Valid during that call only, on its thread.
class Replier {
 public:
  // Copies the payload. Goes out at the end of the wake-up, together with everything else for this client.
  virtual void Reply(const Message& message) = 0;

 protected:
  ~Replier() = default;
};

// One handler serves every connection: calls for one connection come one after the other, on its I/O thread;
// calls for different ones come at the same time. Must not block.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void OnMessage(Connection& connection, const Message& message, Replier& replier) = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_HANDLER_H_
