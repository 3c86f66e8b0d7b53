#include "tests/gateway/session/client_frames.h"

namespace drawbridge {
namespace {

LengthForm ShortestFor(uint64_t length) {
  return length < 126       ? LengthForm::kSevenBits
         : length <= 0xffff ? LengthForm::kTwoBytes
                            : LengthForm::kEightBytes;
}

std::string BigEndian(uint64_t value, size_t count) {
  std::string bytes(count, '\0');
  for (size_t i = count; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value);
  return bytes;
}

}  // namespace

std::string ClientFrame::Header() const {
  const LengthForm written = form == LengthForm::kShortest ? ShortestFor(length()) : form;
  std::string bytes;
  bytes += static_cast<char>((fin ? 0x80 : 0) | reserved << 4 | opcode);
  const int mask_bit = masked ? 0x80 : 0;
  switch (written) {
    case LengthForm::kTwoBytes:
      bytes += static_cast<char>(mask_bit | 126);
      bytes += BigEndian(length(), 2);
      break;
    case LengthForm::kEightBytes:
      bytes += static_cast<char>(mask_bit | 127);
      bytes += BigEndian(length(), 8);
      break;
    default:
      bytes += static_cast<char>(mask_bit | static_cast<int>(length() & 0x7f));
  }
  if (masked) bytes += BigEndian(key, 4);
  return bytes;
}

std::string ClientFrame::Bytes() const {
  std::string bytes = Header();
  const std::string mask = BigEndian(masked ? key : 0, 4);
  for (size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
  return bytes;
}

std::string TextFrame(std::string_view payload) { return Fragment(0x1, payload, true); }
std::string BinaryFrame(std::string_view payload) { return Fragment(0x2, payload, true); }
std::string PingFrame(std::string_view payload) { return Fragment(0x9, payload, true); }
std::string PongFrame(std::string_view payload) { return Fragment(0xa, payload, true); }

std::string CloseFrame(uint16_t code, std::string_view reason) {
  return Fragment(0x8, BigEndian(code, 2).append(reason), true);
}

std::string Fragment(uint8_t opcode, std::string_view payload, bool fin) {
  return ClientFrame{.opcode = opcode, .payload = std::string(payload), .fin = fin}.Bytes();
}

std::string DeflatedFragment(uint8_t opcode, std::string_view payload, bool fin) {
  return ClientFrame{.opcode = opcode, .payload = std::string(payload), .fin = fin, .reserved = 4}.Bytes();
}

}  // namespace drawbridge
