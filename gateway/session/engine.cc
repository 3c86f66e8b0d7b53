#include "gateway/session/engine.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace drawbridge {
namespace {

using Event = Engine::Event;

constexpr std::string_view kInvalidUtf8 = "invalid UTF-8";
constexpr std::string_view kTooBig = "message too big";

Event Error(CloseCause cause, std::string_view explanation) {
  return {.kind = Event::Kind::kError, .cause = cause, .explanation = explanation};
}

Event ProtocolError(std::string_view explanation) { return Error(CloseCause::kProtocolError, explanation); }

// An error for a close frame that violates a rule. It keeps the code and the reason of the frame.
Event BadClose(Event close, CloseCause cause, std::string_view explanation) {
  close.kind = Event::Kind::kError;
  close.cause = cause;
  close.explanation = explanation;
  return close;
}

std::string_view View(std::span<char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

// The rule that a header violates by itself (section 5.2); empty: none.
std::string_view Engine::Fault(const FrameHeader& header) const {
  // RFC 7692, section 6: only the first frame of a message may have RSV1.
  const bool may_be_compressed =
      deflate_ != nullptr && (header.opcode == Opcode::kText || header.opcode == Opcode::kBinary);
  if ((header.reserved & ~(may_be_compressed ? kRsv1 : 0)) != 0) return "reserved bits set";
  if (!header.masked) return "frame not masked";
  if (header.length >> 63 != 0) return "length over 63 bits";
  if (!header.shortest_length) return "length not in its shortest form";
  switch (header.opcode) {
    case Opcode::kContinuation:
    case Opcode::kText:
    case Opcode::kBinary:
      return {};
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong:
      if (!header.fin) return "control frame fragmented";
      if (header.length > kMaxControlPayload) return "control frame over 125 bytes";
      return {};
  }
  return "reserved opcode";
}

std::optional<Event> Engine::Next(std::span<char>& input) {
  // Neither clear() nor an assignment frees the memory: an idle connection would keep that of its big
  // message.
  if (!handed_out_.empty()) std::string().swap(handed_out_);
  if (!in_message_ && !mid_frame()) {
    if (auto message = TakeWholeMessage(input)) return message;
  }
  while (true) {
    if (!in_payload_) {
      const auto header = TakeHeader(input);
      if (!header.has_value()) return std::nullopt;
      if (auto error = Begin(*header)) return error;
    }
    const auto piece = input.first(std::min<uint64_t>(input.size(), frame_remaining_));
    input = input.subspan(piece.size());
    frame_remaining_ -= piece.size();
    in_payload_ = frame_remaining_ != 0;
    key_ = ApplyMask(piece, key_);
    if (auto event = IsControl(frame_opcode_) ? TakeControl(piece) : TakeData(piece)) return event;
    if (in_payload_) return std::nullopt;  // the input ended first
  }
}

// The fast path for nearly all traffic: one complete frame of up to 64 KiB that is a whole message. Leaves
// all else, malformed frames too, to the general path and consumes nothing of it.
std::optional<Event> Engine::TakeWholeMessage(std::span<char>& input) {
  if (input.size() < 6) return std::nullopt;
  const auto first = static_cast<uint8_t>(input[0]);
  const auto second = static_cast<uint8_t>(input[1]);
  constexpr uint8_t kFin = 0x80;
  constexpr uint8_t kMasked = 0x80;
  const auto opcode = static_cast<Opcode>(first & ~kFin);
  if ((first & kFin) == 0 || (opcode != Opcode::kText && opcode != Opcode::kBinary)) return std::nullopt;
  size_t length = second - kMasked;  // wraps to a huge value if the frame is not masked
  size_t header = 6;
  if (length == 126) {
    length = static_cast<size_t>(static_cast<uint8_t>(input[2]) << 8 | static_cast<uint8_t>(input[3]));
    header = 8;
    if (length < 126) return std::nullopt;
  } else if (length > 126) {
    return std::nullopt;
  }
  if (input.size() < header + length || length > max_message_bytes_) return std::nullopt;

  MaskingKey key = 0;
  std::memcpy(&key, input.data() + header - sizeof(key), sizeof(key));
  const auto payload = input.subspan(header, length);
  input = input.subspan(header + length);
  ApplyMask(payload, key);
  if (opcode == Opcode::kText && !IsUtf8(View(payload))) return Error(CloseCause::kInvalidUtf8, kInvalidUtf8);
  return Event{.kind = Event::Kind::kMessage, .opcode = opcode, .payload = View(payload)};
}

std::optional<FrameHeader> Engine::TakeHeader(std::span<char>& input) {
  if (partial_header_size_ == 0) {
    if (const auto header = ParseFrameHeader(View(input))) {
      input = input.subspan(header->size);
      return header;
    }
  }
  while (!input.empty()) {
    partial_header_[partial_header_size_++] = input.front();
    input = input.subspan(1);
    if (const auto header = ParseFrameHeader({partial_header_.data(), partial_header_size_})) {
      partial_header_size_ = 0;
      return header;
    }
  }
  return std::nullopt;
}

// Starts the frame, or returns the error that forbids it.
std::optional<Event> Engine::Begin(const FrameHeader& header) {
  if (const auto fault = Fault(header); !fault.empty()) return ProtocolError(fault);
  if (!IsControl(header.opcode)) {
    const bool continues = header.opcode == Opcode::kContinuation;
    if (continues && !in_message_) return ProtocolError("continuation without a message");
    if (!continues && in_message_) return ProtocolError("new message inside a fragmented one");
    if (!continues) compressed_ = header.reserved != 0;
    const size_t most = compressed_ ? MessageDeflate::MostCompressed(max_message_bytes_) : max_message_bytes_;
    if (header.length > most - gathered_.size()) return Error(CloseCause::kTooBig, kTooBig);
    if (!continues) {
      in_message_ = true;
      message_opcode_ = header.opcode;
      utf8_ = {};
    }
  }
  in_payload_ = true;
  fin_ = header.fin;
  frame_opcode_ = header.opcode;
  key_ = header.key;
  frame_remaining_ = header.length;
  return std::nullopt;
}

std::optional<Event> Engine::TakeControl(std::span<char> piece) {
  if (!in_payload_ && gathered_control_.empty()) return ControlEvent(View(piece));
  gathered_control_.append(View(piece));
  if (in_payload_) return std::nullopt;
  handed_out_ = std::exchange(gathered_control_, {});
  return ControlEvent(handed_out_);
}

std::optional<Event> Engine::TakeData(std::span<char> piece) {
  if (compressed_) return TakeCompressed(piece);
  const bool ends = fin_ && !in_payload_;
  // Checked as it arrives, so that a bad byte ends the connection at once and not when the message is whole.
  if (message_opcode_ == Opcode::kText && (!utf8_.Feed(View(piece)) || (ends && !utf8_.AtBoundary()))) {
    return Error(CloseCause::kInvalidUtf8, kInvalidUtf8);
  }
  const bool in_pieces = !ends || !gathered_.empty();
  if (in_pieces) gathered_.append(View(piece));
  if (!ends) return std::nullopt;
  in_message_ = false;
  if (in_pieces) handed_out_ = std::exchange(gathered_, {});
  return Event{.kind = Event::Kind::kMessage,
               .opcode = message_opcode_,
               .payload = in_pieces ? std::string_view(handed_out_) : View(piece)};
}

// Inflates when the message is whole. To inflate earlier would keep a zlib stream for each client that stops
// in the middle of a message, which is a thousand times what it sent.
std::optional<Event> Engine::TakeCompressed(std::span<char> piece) {
  const bool ends = fin_ && !in_payload_;
  const bool in_pieces = !ends || !gathered_.empty();
  if (in_pieces) gathered_.append(View(piece));
  if (!ends) return std::nullopt;
  in_message_ = false;
  const std::string joined = std::exchange(gathered_, {});
  const auto inflated =
      deflate_->Inflate(in_pieces ? std::string_view(joined) : View(piece), max_message_bytes_, handed_out_);
  switch (inflated.status) {
    case Inflater::Status::kOk:
      break;
    case Inflater::Status::kTooBig:
      return Error(CloseCause::kTooBig, kTooBig);
    case Inflater::Status::kCorrupt:
      return Error(CloseCause::kInvalidDeflate, "invalid deflate data");
  }
  if (message_opcode_ == Opcode::kText && !IsUtf8(inflated.message)) {
    return Error(CloseCause::kInvalidUtf8, kInvalidUtf8);
  }
  return Event{.kind = Event::Kind::kMessage, .opcode = message_opcode_, .payload = inflated.message};
}

Event Engine::ControlEvent(std::string_view payload) const {
  if (frame_opcode_ == Opcode::kClose) return CloseEvent(payload);
  const auto kind = frame_opcode_ == Opcode::kPing ? Event::Kind::kPing : Event::Kind::kPong;
  return {.kind = kind, .opcode = frame_opcode_, .payload = payload};
}

// Section 5.5.1.
Event Engine::CloseEvent(std::string_view payload) {
  Event event{.kind = Event::Kind::kClose, .opcode = Opcode::kClose, .code = kNoStatusReceived};
  if (payload.empty()) return event;
  if (payload.size() == 1) return BadClose(event, CloseCause::kProtocolError, "close frame of one byte");
  const auto code =
      static_cast<uint16_t>(static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]));
  if (code != 0) event.code = code;
  const auto reason = payload.substr(2);
  const bool is_utf8 = IsUtf8(reason);
  if (is_utf8) event.payload = reason;
  if (!IsCloseCode(code)) return BadClose(event, CloseCause::kProtocolError, "forbidden close code");
  if (!is_utf8) return BadClose(event, CloseCause::kInvalidUtf8, "close reason is not UTF-8");
  return event;
}

}  // namespace drawbridge
