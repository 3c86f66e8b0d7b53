// The frames of one client that the kernel has not accepted yet.
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

// Not thread-safe. Exists only while frames wait, so most connections have none. Two callers bound it: the
// session, which stops reading from a client whose queue is over `send_queue_bytes`, and Connection::Send,
// which refuses messages that would exceed that.
class SendQueue {
 public:
  // Queues what is left of `frames`, whole frames of a server, after the first `sent` bytes. `marks` belong
  // to `frames`, as in a WriteBuffer: payloads that are not in the buffer count in `sent`, and the receipts
  // are moved. A marked payload is shared and not copied, unless its frame is compressed. With marks, `sent`
  // must be 0 if the queue is not empty. A pong replaces a pong right before it (RFC 6455, section 5.5.3),
  // since otherwise a client that only sends pings could fill the queue: see replaced_pong().
  void Append(std::string_view frames, size_t sent, std::span<WriteBuffer::Mark> marks = {});

  // Sends until the queue is empty or the kernel takes no more. kOk: it is empty.
  IoResult::Status WriteTo(Link& link);

  // Drops every message except one that is partly sent. Returns how many.
  size_t DropMessages();

  // Whether a pong has replaced another one since the kernel last accepted something: the client sends pings
  // and does not read the answers.
  bool replaced_pong() const { return replaced_pong_; }

  bool empty() const { return frames_.empty() && taken_.empty(); }
  size_t messages() const { return messages_; }
  // The unsent payload, plus Outbox::kOverhead for each frame, so that many empty frames count, too. A
  // message counts no more than it did in the outbox.
  size_t bytes() const { return bytes_; }
  // The memory that only this queue uses: as bytes(), without shared payloads.
  size_t own_bytes() const { return own_bytes_; }

  // How messages() and bytes() have changed since the last call of TakeChange.
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
    bool shared;  // other clients may share `payload`
    bool begun;   // the kernel has accepted its beginning
    std::shared_ptr<const std::string> payload;
    Receipt receipt;

    bool is_message() const { return !IsControl(opcode); }
    size_t size() const { return header_size + payload->size(); }
    size_t PayloadBehind(size_t sent) const { return size() - std::max<size_t>(sent, header_size); }
  };
  // A frame to be queued, and how much of it is sent.
  struct Whole {
    std::string_view bytes;  // without a payload that is not in the buffer
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
  std::vector<Receipt> taken_;  // of frames that left this queue; the link may still hold them encrypted
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
