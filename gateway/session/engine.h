// The server side of the WebSocket protocol (RFC 6455, sections 5 to 8, and RFC 7692), without I/O: takes
// bytes, returns events.
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

// Not thread-safe. Holds no buffer between messages. A message that arrives in one piece is never copied. One
// that arrives in several is gathered as it arrives, so memory grows with the received size and not with the
// announced one.
class Engine {
 public:
  struct Event {
    enum class Kind {
      kMessage,  // a whole message: `opcode` is text or binary, `payload` is unmasked, joined, inflated and,
                 // if text, valid UTF-8
      kPing,
      kPong,
      kClose,  // `code` and, in `payload`, the reason; kNoStatusReceived if the frame has no code
      kError,  // the peer violated the protocol or a limit: `cause`; no more input is accepted. If a close
               // frame did so: its `code`, kNoStatusReceived if it has none, and in `payload` its reason
               // if that is UTF-8
    };
    Kind kind;
    Opcode opcode = Opcode::kContinuation;
    std::string_view payload;  // valid until the next call of Next, while the input's memory is valid; if
                               // messages may be compressed, until Next of any engine on this thread
    uint16_t code = 0;         // kError: 0 if it was not a close frame
    CloseCause cause = CloseCause::kProtocolError;
    std::string_view explanation;  // kError: the violated rule, for the close frame
  };

  // `deflate` must outlive the engine. Null: messages may not be compressed.
  explicit Engine(size_t max_message_bytes, MessageDeflate* deflate = nullptr)
      : max_message_bytes_(max_message_bytes), deflate_(deflate) {}

  // Returns the next event and removes its bytes from the front of `input`, which is unmasked in place.
  // Returns nullopt once all of `input` is consumed and more is needed. Must not be called after kError.
  std::optional<Event> Next(std::span<char>& input);

  // Whether the peer has sent a part of a frame, so that it cannot send another one, not even a pong.
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
  std::array<char, kMaxHeaderSize> partial_header_;  // a header that the end of the input has split
  uint8_t partial_header_size_ = 0;

  // The message being assembled; control frames may come between its fragments.
  bool in_message_ = false;
  bool compressed_ = false;
  Opcode message_opcode_ = Opcode::kContinuation;
  Utf8Checker utf8_;              // of a message that is not compressed
  std::string gathered_;          // the fragments so far; as they came if compressed
  std::string gathered_control_;  // the same for a control frame, at most 125 bytes

  // Owns the payload that the last call returned, if it is gathered; released by the next call.
  std::string handed_out_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_ENGINE_H_
