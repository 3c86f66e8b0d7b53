// Frames as a client sends them, right or wrong: tests say what is special and get the bytes.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_CLIENT_FRAMES_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_CLIENT_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

// In how many bytes a length is written.
enum class LengthForm { kShortest, kSevenBits, kTwoBytes, kEightBytes };

struct ClientFrame {
  uint8_t opcode = 0x1;
  std::string payload;
  bool fin = true;
  uint8_t reserved = 0;  // RSV1 to RSV3 as three bits
  bool masked = true;
  uint32_t key = 0x9a3c0f57;
  LengthForm form = LengthForm::kShortest;
  std::optional<uint64_t> announced = std::nullopt;  // the length, where it is not the payload's

  uint64_t length() const { return announced.value_or(payload.size()); }
  std::string Header() const;
  std::string Bytes() const;
};

// One whole frame each.
std::string TextFrame(std::string_view payload);
std::string BinaryFrame(std::string_view payload);
std::string PingFrame(std::string_view payload);
std::string PongFrame(std::string_view payload);
std::string CloseFrame(uint16_t code, std::string_view reason = "");
// `opcode` 0 continues.
std::string Fragment(uint8_t opcode, std::string_view payload, bool fin);
// The first or only frame of a compressed message: with RSV1, `payload` as it is.
std::string DeflatedFragment(uint8_t opcode, std::string_view payload, bool fin);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_CLIENT_FRAMES_H_
