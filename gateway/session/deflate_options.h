// How messages are compressed (permessage-deflate, RFC 7692): the gateway's options, and the agreement with a
// client.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_OPTIONS_H_
#define DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_OPTIONS_H_

#include <cstddef>
#include <cstdint>

namespace drawbridge {

// The RFC also allows a window of 2^8 bytes, but zlib cannot compress raw data with it.
inline constexpr int kMinDeflateWindowBits = 9;
inline constexpr int kMaxDeflateWindowBits = 15;

// The same for all clients. A window has 2^bits bytes. "server" is about what the gateway compresses,
// "client" about what the client compresses.
struct DeflateOptions {
  int server_window_bits = kMaxDeflateWindowBits;
  int client_window_bits = kMaxDeflateWindowBits;
  // Whether a message may refer to earlier ones. This costs memory for each client.
  bool server_context_takeover = false;
  bool client_context_takeover = false;
  int level = 1;            // 1 to 9, zlib's
  int memory_level = 8;     // 1 to 9, zlib's: 2^(level + 9) bytes for each compressor
  size_t min_bytes = 1024;  // shorter messages are not compressed
};

// The agreement with one client (section 7.1).
struct DeflateAgreement {
  uint8_t server_window_bits = kMaxDeflateWindowBits;
  uint8_t client_window_bits = kMaxDeflateWindowBits;  // may be 8: zlib can inflate it
  bool server_context_takeover = false;
  bool client_context_takeover = false;

  bool operator==(const DeflateAgreement&) const = default;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_OPTIONS_H_
