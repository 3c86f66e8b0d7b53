// The WebSocket protocol of the server's side (RFC 6455, sections 5 to 8, and RFC 7692), without I/O: bytes
// in, events out.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_ENGINE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_ENGINE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/utf8.h"
#include "gateway/connections/close.h"
#include "gateway/session/frame.h"
#include "gateway/session/message_deflate.h"

namespace drawbridge {

// Not thread-safe. Holds no buffer between messages: what arrives whole is never copied, what arrives in
// pieces is gathered as it arrives, so that memory follows what was received and not what was announced.
class Engine {
 public:
  struct Event {
    enum class Kind {
      kMessage,  // a whole one: `opcode` says text or binary, `payload` is unmasked, joined, inflated and,
                 // if text, valid UTF-8
      kPing,
      kPong,
      kClose,  // `code` and, in `payload`, the reason; kNoStatusReceived where the frame has no code
      kError,  // the peer violated the protocol or a limit: `cause`; the engine takes no more. Where it was
               // by a close frame: its `code`, kNoStatusReceived where it has none, and in `payload` its
               // reason as far as that is UTF-8
    };
    Kind kind;
    Opcode opcode = Opcode::kContinuation;
    std::string_view payload;  // valid until the next call of Next, while the input's memory stands; where
                               // messages may be compressed, of any engine's Next on this thread
    uint16_t code = 0;         // kError: 0 where it was no close frame
    CloseCause cause = CloseCause::kProtocolError;
    std::string_view explanation;  // kError: which rule, for the close frame
  };

  // `deflate`, which must outlive the engine: null where messages may not be compressed.
  explicit Engine(size_t max_message_bytes, MessageDeflate* deflate = nullptr)
      : max_message_bytes_(max_message_bytes), deflate_(deflate) {}

  // The next event, its bytes taken off the front of `input`, which is unmasked in place; nullopt once all of
  // `input` is taken and more is needed. Nothing may be asked for after kError.
  std::optional<Event> Next(std::span<char>& input);

  // Whether the peer stands in the middle of a frame, where it cannot send another, not even a pong.
  bool mid_frame() const { return in_payload_ || partial_header_size_ != 0; }

 private:
  std::optional<Event> TakeWholeMessage(std::span<char>& input);
  std::optional<FrameHeader> TakeHeader(std::span<char>& input);
  std::string_view Fault(const FrameHeader& header) const;
  std::optional<Event> Begin(const FrameHeader& header);
  std::optional<Event> TakeControl(std::span<char> piece);
  std::optional<Event> TakeData(std::span<char> piece);
  std::optional<Event> TakeCompressed(std::span<char> piece);
  Event ControlEvent(std::string_view payload) const;
  static Event CloseEvent(std::string_view payload);

  const size_t max_message_bytes_;
  MessageDeflate* const deflate_;

  // The frame being read.
  bool in_payload_ = false;
  bool fin_ = false;
  Opcode frame_opcode_ = Opcode::kContinuation;
  MaskingKey key_ = 0;
  uint64_t frame_remaining_ = 0;
  std::array<char, kMaxHeaderSize> partial_header_;  // a header cut by the end of the input
  uint8_t partial_header_size_ = 0;

  // The message being joined, which control frames may interrupt.
  bool in_message_ = false;
  bool compressed_ = false;
  Opcode message_opcode_ = Opcode::kContinuation;
  Utf8Checker utf8_;              // of one that is not compressed
  std::string gathered_;          // what came of it, while it is in pieces; compressed as it came
  std::string gathered_control_;  // the same for a control frame, at most 125 bytes

  // What the last call handed out of the above; released by the next.
  std::string handed_out_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_ENGINE_H_
