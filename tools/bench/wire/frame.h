// Parses and writes WebSocket frame headers (RFC 6455, section 5.2). The floor and the load generators share
// it, because they must not depend on a library that is measured.
#ifndef DRAWBRIDGE_TOOLS_BENCH_WIRE_FRAME_H_
#define DRAWBRIDGE_TOOLS_BENCH_WIRE_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace drawbridge::bench {

inline constexpr uint8_t kContinuation = 0;
inline constexpr uint8_t kText = 1;
inline constexpr uint8_t kBinary = 2;
inline constexpr uint8_t kClose = 8;
inline constexpr uint8_t kPing = 9;
inline constexpr uint8_t kPong = 10;

inline constexpr size_t kMaskSize = 4;
inline constexpr size_t kMaxHeaderSize = 14;

struct FrameHeader {
  uint8_t first;  // the first byte: FIN, reserved bits and opcode
  bool masked;
  uint8_t size;          // bytes of the header itself, with the mask
  uint64_t length;       // bytes of payload that follow
  char mask[kMaskSize];  // set only when `masked`

  uint8_t opcode() const { return first & 0x0f; }
  bool fin() const { return (first & 0x80) != 0; }
  bool control() const { return (first & 0x08) != 0; }
  uint8_t reserved() const { return first & 0x70; }
};

// Returns false if `size` bytes do not contain the whole header.
inline bool ParseFrameHeader(const char* data, size_t size, FrameHeader* header) {
  if (size < 2) return false;
  const auto* bytes = reinterpret_cast<const uint8_t*>(data);
  header->first = bytes[0];
  header->masked = (bytes[1] & 0x80) != 0;
  const uint8_t code = bytes[1] & 0x7f;
  const size_t extra = code < 126 ? 0 : code == 126 ? 2 : 8;
  header->size = static_cast<uint8_t>(2 + extra + (header->masked ? kMaskSize : 0));
  if (size < header->size) return false;
  header->length = code;
  if (extra != 0) {
    header->length = 0;
    for (size_t i = 0; i < extra; ++i) header->length = header->length << 8 | bytes[2 + i];
  }
  if (header->masked) std::memcpy(header->mask, data + 2 + extra, kMaskSize);
  return true;
}

// Writes a header with the shortest length form and without a masking key; `masked` only sets the mask bit.
// Returns its size, 2 to 10 bytes.
inline size_t WriteFrameHeader(char* out, uint8_t first, uint64_t length, bool masked = false) {
  const size_t extra = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const uint8_t code = extra == 0 ? static_cast<uint8_t>(length) : extra == 2 ? 126 : 127;
  out[0] = static_cast<char>(first);
  out[1] = static_cast<char>(code | (masked ? 0x80 : 0));
  for (size_t i = 0; i < extra; ++i) {
    out[2 + i] = static_cast<char>(length >> (8 * (extra - 1 - i)));
  }
  return 2 + extra;
}

// Masks or unmasks `size` bytes from `in` to `out`. The ranges may overlap if `out` <= `in`: every block is
// loaded before a block at or after its address is stored.
inline void ApplyMask(char* out, const char* in, size_t size, const char* mask) {
  using Block = uint64_t __attribute__((vector_size(16)));
  uint32_t key;
  std::memcpy(&key, mask, kMaskSize);
  const uint64_t wide = uint64_t{key} << 32 | key;
  const auto step = [&]<typename Word>(Word word_key) {
    Word word;
    std::memcpy(&word, in, sizeof(word));
    word ^= word_key;
    std::memcpy(out, &word, sizeof(word));
    in += sizeof(word);
    out += sizeof(word);
    size -= sizeof(word);
  };
  while (size >= sizeof(Block)) step(Block{wide, wide});
  while (size >= sizeof(wide)) step(wide);
  if (size >= sizeof(key)) step(key);
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<char>(in[i] ^ mask[i]);
}

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_WIRE_FRAME_H_
