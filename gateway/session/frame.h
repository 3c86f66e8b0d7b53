// The layout of a WebSocket frame (RFC 6455, section 5.2).
#ifndef DRAWBRIDGE_GATEWAY_SESSION_FRAME_H_
#define DRAWBRIDGE_GATEWAY_SESSION_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/session/write_buffer.h"

namespace drawbridge {

enum class Opcode : uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xa,
};

inline bool IsControl(Opcode opcode) { return (static_cast<uint8_t>(opcode) & 0x8) != 0; }
// Section 5.5.
inline constexpr size_t kMaxControlPayload = 125;
inline constexpr size_t kMaxCloseReason = kMaxControlPayload - 2;

inline constexpr size_t kMaxHeaderSize = 14;

// The first of the three reserved bits; permessage-deflate marks compressed messages with it (RFC 7692,
// section 6).
inline constexpr uint8_t kRsv1 = 0x4;

using MaskingKey = uint32_t;  // its four bytes as they lie in memory

struct FrameHeader {
  bool fin;
  uint8_t reserved;  // RSV1 to RSV3 as three bits
  Opcode opcode;     // may hold a reserved value
  bool masked;
  bool shortest_length;  // the length uses the fewest bytes possible, as it must
  uint64_t length;
  MaskingKey key;
  size_t size;  // of the header itself, 2 to 14 bytes
};

// Parses the header at the front of `bytes`; nullopt if it is incomplete.
std::optional<FrameHeader> ParseFrameHeader(std::string_view bytes);

// Masks or unmasks in place (section 5.3). Returns the key rotated for the byte that follows.
MaskingKey ApplyMask(std::span<char> bytes, MaskingKey key);

// The header of an unfragmented frame of a server: its size, and the header itself, written to that many
// bytes of `out`. `reserved`: RSV1 to RSV3 as three bits.
size_t FrameHeaderSize(size_t payload_size);
inline constexpr size_t kMaxServerHeaderSize = 10;
void WriteFrameHeader(char* out, Opcode opcode, size_t payload_size, uint8_t reserved = 0);

// Appends one whole frame as a server sends it: not masked, not fragmented, not compressed.
void AppendFrame(WriteBuffer& out, Opcode opcode, std::string_view payload);
// Appends the header only. The payload must be sent right after it.
void AppendFrameHeader(WriteBuffer& out, Opcode opcode, size_t payload_size);

// The payload of a close frame (section 5.5.1); empty for a `code` of kNoStatusReceived.
std::string ClosePayload(uint16_t code, std::string_view reason);

// Whether a peer may send this code in a close frame (section 7.4 and the IANA registry).
bool IsCloseCode(uint16_t code);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_FRAME_H_
