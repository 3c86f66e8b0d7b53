// The interface for application code that processes the messages of clients.
#ifndef DRAWBRIDGE_GATEWAY_HANDLERS_HANDLER_H_
#define DRAWBRIDGE_GATEWAY_HANDLERS_HANDLER_H_

#include "gateway/connections/connection.h"
#include "gateway/connections/message.h"

namespace drawbridge {

// Sends replies to the client whose message is being handled. Valid only during OnMessage and on its thread.
class Replier {
 public:
  // Copies the payload. The reply is written when the session has processed what it has read, together with
  // all other pending data for this client.
  virtual void Reply(const Message& message) = 0;

 protected:
  ~Replier() = default;
};

// One handler serves all connections. Calls for one connection are sequential, on its I/O thread. Calls for
// different connections may be concurrent. A handler must be thread-safe and must not block.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void OnMessage(Connection& connection, const Message& message, Replier& replier) = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_HANDLERS_HANDLER_H_
