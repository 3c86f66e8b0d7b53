// What travels between a client and whoever serves it.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_MESSAGE_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_MESSAGE_H_

#include <string_view>

namespace drawbridge {

enum class MessageType { kText, kBinary };

// One whole WebSocket message. A view: whoever keeps it copies it.
struct Message {
  MessageType type;
  std::string_view payload;  // kText: valid UTF-8
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_MESSAGE_H_
