// The protocol of the floor: no message limit other than this one, no UTF-8 check, no state.
#include "tools/bench/floor/echo.h"

#include <cstddef>
#include <cstring>

#include "tools/bench/wire/frame.h"

namespace drawbridge::bench {
namespace {

constexpr size_t kMaxFrame = 16 << 20;
constexpr ptrdiff_t kSmallHeader = 2 + kMaskSize;

bool Refused(const FrameHeader& header) {
  if (!header.masked || header.reserved() != 0 || header.length > kMaxFrame) return true;
  return header.control() && (!header.fin() || header.length > 125 || header.opcode() > kPong);
}

// The fast path for complete small data frames, which are nearly all frames. Advances both offsets past each
// frame.
void EchoSmallFrames(char* data, size_t size, Echoed& echoed) {
  char* in = data + echoed.consumed;
  char* out = data + echoed.produced;
  const char* const end = data + size;
  while (end - in >= kSmallHeader) {
    const auto first = static_cast<uint8_t>(in[0]);
    const size_t length = static_cast<uint8_t>(in[1]) - 0x80U;  // wraps when the mask bit is missing
    if ((first & 0x78) != 0 || length > 125) break;
    if (static_cast<size_t>(end - in) < kSmallHeader + length) break;
    char mask[kMaskSize];
    std::memcpy(mask, in + 2, kMaskSize);
    out[0] = in[0];
    out[1] = static_cast<char>(length);
    ApplyMask(out + 2, in + kSmallHeader, length, mask);
    in += kSmallHeader + length;
    out += 2 + length;
  }
  echoed.consumed = in - data;
  echoed.produced = out - data;
}

}  // namespace

Echoed EchoFrames(char* data, size_t size) {
  Echoed echoed;
  EchoSmallFrames(data, size, echoed);
  FrameHeader header;
  while (ParseFrameHeader(data + echoed.consumed, size - echoed.consumed, &header)) {
    if (Refused(header)) {
      echoed.finished = true;
      return echoed;
    }
    const size_t length = header.length;
    if (size - echoed.consumed - header.size < length) return echoed;
    const char* payload = data + echoed.consumed + header.size;
    echoed.consumed += header.size + length;
    if (header.opcode() == kPong) continue;
    const uint8_t first = header.opcode() == kPing ? 0x80 | kPong : header.first;
    char* out = data + echoed.produced;
    const size_t written = WriteFrameHeader(out, first, length);
    ApplyMask(out + written, payload, length, header.mask);
    echoed.produced += written + length;
    if (header.opcode() == kClose) {
      echoed.finished = true;
      return echoed;
    }
  }
  return echoed;
}

}  // namespace drawbridge::bench
