// WebSocket frames from a client's side, legal or not, written down apart from the gateway's own code so that
// both cannot be wrong in the same way.
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

// A frame as it is to be sent; the defaults are those of a good client.
struct ClientFrame {
  int opcode = kOpText;
  std::string_view payload;
  bool fin = true;
  int rsv = 0;  // three bits
  bool masked = true;
  uint32_t key = 0x5a01c37e;
  int length_bytes = 0;                              // behind the second byte: 0, 2 or 8 at least
  std::optional<uint64_t> announced = std::nullopt;  // the length, where it is not the payload's
};
std::string Encode(const ClientFrame& frame);

// The payload of a close frame.
std::string ClosePayloadOf(int code, std::string_view reason = {});

// A frame as it came.
struct ServerFrame {
  int opcode = 0;
  std::string payload;
  bool fin = true;
  int rsv = 0;
  bool masked = false;

  // Of a close frame; 1005 where it has no code.
  int code() const;
  std::string reason() const;
};

// Takes one whole frame off the front of `bytes`; nullopt where there is none yet. Throws std::runtime_error
// where its length is not in its shortest form (RFC 6455, section 5.2).
std::optional<ServerFrame> TakeFrame(std::string& bytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_FRAME_CODEC_H_
