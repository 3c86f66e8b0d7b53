// The frames of one client that the kernel would not take yet.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_SEND_QUEUE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_SEND_QUEUE_H_

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/connections/outbox.h"
#include "gateway/connections/receipt.h"
#include "gateway/session/frame.h"
#include "gateway/session/link.h"
#include "gateway/session/write_buffer.h"

namespace drawbridge {

// Not thread-safe. Exists only while something is stuck, so an ordinary connection pays nothing. It is
// bounded by its session, which stops reading from a client whose queue is over `send_queue_bytes`, and by
// Connection::Send, which refuses what would pass it.
class SendQueue {
 public:
  // Queues what is left of `frames`, whole frames of a server, after the first `sent` bytes. `marks` are
  // about `frames`, as in a WriteBuffer: payloads that lie beside them count in `sent`, and the receipts are
  // taken over. A marked payload is referred to and not copied, unless its frame is compressed. With marks,
  // `sent` is 0 where the queue is not empty. A pong takes the place of one right before it (RFC 6455,
  // section 5.5.3), or a client that only sends pings could fill the queue: see replaced_pong().
  void Append(std::string_view frames, size_t sent, std::span<WriteBuffer::Mark> marks = {});

  // Sends until the queue is empty or the kernel takes no more. kOk: it is empty.
  IoResult::Status WriteTo(Link& link);

  // Drops every message but one whose beginning is already sent. Returns how many.
  size_t DropMessages();

  // Whether a pong had to make room for another since the kernel last took something: the client pings and
  // does not read the answers.
  bool replaced_pong() const { return replaced_pong_; }

  bool empty() const { return frames_.empty() && taken_.empty(); }
  size_t messages() const { return messages_; }
  // What waits: the payload that is not sent, and Outbox::kOverhead for each frame, so that a million empty
  // ones are not for free. A message counts no more than it did in the outbox.
  size_t bytes() const { return bytes_; }
  // The memory that is this queue's own: the same without payloads that are referred to.
  size_t own_bytes() const { return own_bytes_; }

  // How messages() and bytes() have changed since this was last asked.
  struct Change {
    int64_t messages = 0;
    int64_t bytes = 0;
  };
  Change TakeChange();

 private:
  static constexpr size_t kFrameOverhead = Outbox::kOverhead;
  struct Frame {
    std::array<char, kMaxServerHeaderSize> header;
    uint8_t header_size;  // 0: `payload` begins with what is left of the header
    Opcode opcode;
    bool shared;  // `payload` is others' too
    bool begun;   // the kernel has its beginning
    std::shared_ptr<const std::string> payload;
    Receipt receipt;

    bool is_message() const { return !IsControl(opcode); }
    size_t size() const { return header_size + payload->size(); }
    size_t PayloadBehind(size_t sent) const { return size() - std::max<size_t>(sent, header_size); }
  };
  // One frame to be queued, and where it is cut.
  struct Whole {
    std::string_view bytes;  // without a payload that lies beside it
    FrameHeader header;
    size_t sent;
    WriteBuffer::Mark* mark;  // null: none
  };
  static WriteBuffer::Mark* MarkOf(std::span<WriteBuffer::Mark> marks, size_t begin,
                                   const FrameHeader& header);
  void Push(const Whole& whole);
  bool ReplacesLast(Opcode opcode) const;
  IoResult::Status WriteFrames(Link& link);
  std::span<const iovec> Gather(std::span<iovec> room) const;
  void TakeSent(size_t bytes);
  void Pop();
  void Count(const Frame& frame, size_t sent);
  void Uncount(const Frame& frame, size_t sent);

  std::deque<Frame> frames_;
  std::vector<Receipt> taken_;  // of frames that left this queue and may still wait as ciphertext in the link
  bool replaced_pong_ = false;
  size_t front_sent_ = 0;  // of the first frame
  size_t messages_ = 0;
  size_t bytes_ = 0;
  size_t own_bytes_ = 0;
  size_t reported_messages_ = 0;
  size_t reported_bytes_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_SEND_QUEUE_H_
