// Encodes valid and invalid client frames and decodes server frames. Independent of the gateway's code, so
// that an error in one does not hide an error in the other.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_FRAME_CODEC_H_
#define DRAWBRIDGE_TESTS_SUPPORT_FRAME_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

inline constexpr int kOpContinuation = 0x0;
inline constexpr int kOpText = 0x1;
inline constexpr int kOpBinary = 0x2;
inline constexpr int kOpClose = 0x8;
inline constexpr int kOpPing = 0x9;
inline constexpr int kOpPong = 0xa;

// A frame to send. The defaults give a valid frame.
struct ClientFrame {
  int opcode = kOpText;
  std::string_view payload;
  bool fin = true;
  int rsv = 0;  // three bits
  bool masked = true;
  uint32_t key = 0x5a01c37e;
  int length_bytes = 0;                              // minimum size of the length after byte 2: 0, 2 or 8
  std::optional<uint64_t> announced = std::nullopt;  // the length field, if it differs from the payload
};
std::string Encode(const ClientFrame& frame);

// Returns the payload of a close frame.
std::string ClosePayloadOf(int code, std::string_view reason = {});

// A frame as received.
struct ServerFrame {
  int opcode = 0;
  std::string payload;
  bool fin = true;
  int rsv = 0;
  bool masked = false;

  // The code of a close frame; 1005 if it has none.
  int code() const;
  std::string reason() const;
};

// Removes one whole frame from the front of `bytes` and returns it; nullopt if it is incomplete. Throws
// std::runtime_error if the length is not in its shortest form (RFC 6455, section 5.2).
std::optional<ServerFrame> TakeFrame(std::string& bytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_FRAME_CODEC_H_
