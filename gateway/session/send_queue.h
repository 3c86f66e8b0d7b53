// The frames of one client that the kernel would not take yet.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_SEND_QUEUE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_SEND_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/connections/receipt.h"
#include "gateway/session/frame.h"
#include "gateway/session/link.h"
#include "gateway/session/write_buffer.h"

namespace drawbridge {

// Not thread-safe. Exists only while something is stuck, so an ordinary connection pays nothing. It is
// bounded by its session, which stops reading from a client whose queue is over `send_queue_bytes`.
class SendQueue {
 public:
  // Queues what is left of `frames`, whole frames of a server, after the first `sent` bytes of them. A pong
  // takes the place of one right before it (RFC 6455, section 5.5.3), or a client that only sends pings could
  // fill the queue. Takes over the receipts of `marks`, which are about `frames`.
  void Append(std::string_view frames, size_t sent, std::span<WriteBuffer::Mark> marks = {});

  // Sends until the queue is empty or the kernel takes no more. kOk: it is empty.
  IoResult::Status WriteTo(Link& link);

  // Drops every message but one whose beginning is already sent. Returns how many.
  size_t DropMessages();

  bool empty() const { return frames_.empty() && taken_.empty(); }
  size_t messages() const { return messages_; }
  // What the queue costs: the bytes and a little for each frame, so that a million empty ones are not for
  // free.
  size_t bytes() const { return bytes_; }

  // How messages() and bytes() have changed since this was last asked.
  struct Change {
    int64_t messages;
    int64_t bytes;
  };
  Change TakeChange();

 private:
  static constexpr size_t kFrameOverhead = 48;
  struct Frame {
    std::string bytes;
    Opcode opcode;
    bool begun;  // the kernel has its beginning
    Receipt receipt;

    bool is_message() const { return !IsControl(opcode); }
  };
  void Push(std::string_view bytes, Opcode opcode, bool begun, Receipt receipt);
  bool ReplacesLast(Opcode opcode) const;
  IoResult::Status WriteFrames(Link& link);
  void Pop();

  std::deque<Frame> frames_;
  std::vector<Receipt> taken_;  // of frames that left this queue and may still wait as ciphertext in the link
  size_t front_sent_ = 0;
  size_t messages_ = 0;
  size_t bytes_ = 0;
  size_t reported_messages_ = 0;
  size_t reported_bytes_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_SEND_QUEUE_H_
