// Valid and invalid frames of a client. A test sets the fields that differ from a valid frame.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_CLIENT_FRAMES_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_CLIENT_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

// The encoding of a payload length.
enum class LengthForm { kShortest, kSevenBits, kTwoBytes, kEightBytes };

struct ClientFrame {
  uint8_t opcode = 0x1;
  std::string payload;
  bool fin = true;
  uint8_t reserved = 0;  // RSV1 to RSV3 as three bits
  bool masked = true;
  uint32_t key = 0x9a3c0f57;
  LengthForm form = LengthForm::kShortest;
  std::optional<uint64_t> announced = std::nullopt;  // the length field, if it differs from the payload

  uint64_t length() const { return announced.value_or(payload.size()); }
  std::string Header() const;
  std::string Bytes() const;
};

// Each returns one whole frame.
std::string TextFrame(std::string_view payload);
std::string BinaryFrame(std::string_view payload);
std::string PingFrame(std::string_view payload);
std::string PongFrame(std::string_view payload);
std::string CloseFrame(uint16_t code, std::string_view reason = "");
// `opcode` 0 is a continuation.
std::string Fragment(uint8_t opcode, std::string_view payload, bool fin);
// The first or only frame of a compressed message: RSV1 is set, and `payload` is used unchanged.
std::string DeflatedFragment(uint8_t opcode, std::string_view payload, bool fin);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_CLIENT_FRAMES_H_
