// A message from or to a client.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_MESSAGE_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_MESSAGE_H_

#include <string_view>

namespace drawbridge {

enum class MessageType { kText, kBinary };

// One complete WebSocket message. A view: it does not own the payload.
struct Message {
  MessageType type;
  std::string_view payload;  // kText: valid UTF-8
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_MESSAGE_H_
