#include "gateway/session/frame.h"

#include <bit>
#include <cstring>
#include <utility>

#include "gateway/connections/close.h"

namespace drawbridge {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint8_t kLength16 = 126;
constexpr uint8_t kLength64 = 127;

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

using TwoWords [[gnu::vector_size(16)]] = uint64_t;

template <typename Word>
void Xor(char* at, Word mask) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  word ^= mask;
  std::memcpy(at, &word, sizeof(word));
}

void WriteBigEndian(uint64_t value, char* out, size_t count) {
  for (size_t i = count; i-- > 0; value >>= 8) out[i] = static_cast<char>(value);
}

size_t ExtendedLength(size_t payload_size) {
  return payload_size < kLength16 ? 0 : payload_size <= 0xffff ? 2 : 8;
}

}  // namespace

std::optional<FrameHeader> ParseFrameHeader(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = static_cast<uint8_t>(bytes[0]);
  const auto second = static_cast<uint8_t>(bytes[1]);
  FrameHeader header{
      .fin = (first & 0x80) != 0,
      .reserved = static_cast<uint8_t>(first >> 4 & 0x7),
      .opcode = static_cast<Opcode>(first & 0xf),
      .masked = (second & 0x80) != 0,
      .shortest_length = true,
      .length = second & 0x7fu,
      .key = 0,
      .size = 2,
  };
  const size_t extended = header.length == kLength16 ? 2 : header.length == kLength64 ? 8 : 0;
  if (bytes.size() < 2 + extended + (header.masked ? 4 : 0)) return std::nullopt;
  if (extended != 0) {
    header.length = ReadBigEndian(bytes.substr(2, extended));
    header.shortest_length = header.length > (extended == 2 ? 125 : 0xffff);
    header.size += extended;
  }
  if (header.masked) {
    std::memcpy(&header.key, bytes.data() + header.size, sizeof(header.key));
    header.size += sizeof(header.key);
  }
  return header;
}

MaskingKey ApplyMask(std::span<char> bytes, MaskingKey key) {
  const uint64_t wide = uint64_t{key} << 32 | key;
  char* at = bytes.data();
  char* const end = at + bytes.size();
  // The compiler vectorizes the first loop. Setting that up costs more than masking a short payload.
  if (bytes.size() >= 128) {
    for (; end - at >= 8; at += 8) Xor<uint64_t>(at, wide);
  }
  for (; end - at >= 16; at += 16) Xor<TwoWords>(at, TwoWords{wide, wide});
  if (end - at >= 8) Xor<uint64_t>(std::exchange(at, at + 8), wide);
  if (end - at >= 4) Xor<uint32_t>(std::exchange(at, at + 4), key);
  for (int shift = 0; at != end; ++at, shift += 8) Xor<char>(at, static_cast<char>(key >> shift));
  return std::rotr(key, static_cast<int>(8 * (bytes.size() % 4)));
}

size_t FrameHeaderSize(size_t payload_size) { return 2 + ExtendedLength(payload_size); }

void WriteFrameHeader(char* out, Opcode opcode, size_t payload_size, uint8_t reserved) {
  const size_t extended = ExtendedLength(payload_size);
  out[0] = static_cast<char>(0x80 | reserved << 4 | static_cast<uint8_t>(opcode));
  out[1] = static_cast<char>(extended == 0 ? payload_size : extended == 2 ? kLength16 : kLength64);
  WriteBigEndian(payload_size, out + 2, extended);
}

void AppendFrame(WriteBuffer& out, Opcode opcode, std::string_view payload) {
  const size_t header = FrameHeaderSize(payload.size());
  char* const frame = out.Extend(header + payload.size());
  WriteFrameHeader(frame, opcode, payload.size());
  // The data of an empty view may be null, which memcpy does not allow.
  if (!payload.empty()) std::memcpy(frame + header, payload.data(), payload.size());
}

void AppendFrameHeader(WriteBuffer& out, Opcode opcode, size_t payload_size) {
  WriteFrameHeader(out.Extend(FrameHeaderSize(payload_size)), opcode, payload_size);
}

std::string ClosePayload(uint16_t code, std::string_view reason) {
  if (code == kNoStatusReceived) return {};
  std::string payload(2, '\0');
  WriteBigEndian(code, payload.data(), 2);
  return payload.append(reason);
}

bool IsCloseCode(uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

}  // namespace drawbridge
