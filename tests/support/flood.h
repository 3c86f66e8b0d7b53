// A client that sends and never reads, until every buffer between it and the gateway's send queue is full.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_FLOOD_H_
#define DRAWBRIDGE_TESTS_SUPPORT_FLOOD_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/client.h"

namespace drawbridge {

// With these sizes the kernel buffers little for a client that does not read.
inline Client::Options SmallBuffers() { return {.receive_buffer = 4096, .send_buffer = 4096}; }

// Not thread-safe. The client must outlive it.
class Flood {
 public:
  Flood(Client& client, size_t message_bytes)
      : client_(client), payload_(message_bytes, 'x'), frame_(Encode({.payload = payload_})) {}

  // Sends what the kernel accepts of an endless series of messages. Returns false if it accepts nothing.
  bool Push() {
    const size_t sent = client_.SendSome(std::string_view(frame_).substr(offset_));
    offset_ += sent;
    if (offset_ == frame_.size()) {
      offset_ = 0;
      ++messages_;
    }
    return sent != 0;
  }

  // Sends the rest of a message that was sent partly. Over TLS that may be a whole further message, because
  // OpenSSL holds it encrypted and must be given the same bytes again. The gateway must be reading.
  void FinishMessage() {
    if (offset_ == 0 && client_.ssl() == nullptr) return;
    client_.Send(std::string_view(frame_).substr(std::exchange(offset_, 0)));
    ++messages_;
  }

  // The number of messages sent completely.
  size_t messages() const { return messages_; }

 private:
  Client& client_;
  const std::string payload_;
  const std::string frame_;
  size_t offset_ = 0;
  size_t messages_ = 0;
};

// Pushes until `is_full`, which is called whenever the kernel accepts no more. Returns false if it never was.
template <typename IsFull>
[[nodiscard]] bool PushUntil(Flood& flood, IsFull is_full) {
  return WaitUntil([&] {
    while (flood.Push()) {
    }
    return is_full();
  });
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_FLOOD_H_
