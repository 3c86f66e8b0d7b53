#include "tests/support/frame_codec.h"

#include <algorithm>
#include <stdexcept>

namespace drawbridge {
namespace {

uint64_t Number(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

void AppendNumber(std::string& out, uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

std::string Encode(const ClientFrame& frame) {
  std::string out;
  out.reserve(frame.payload.size() + 14);
  out += static_cast<char>((frame.fin ? 0x80 : 0) | frame.rsv << 4 | frame.opcode);
  const int mask_bit = frame.masked ? 0x80 : 0;
  const uint64_t length = frame.announced.value_or(frame.payload.size());
  const int length_bytes = std::max(frame.length_bytes, length < 126 ? 0 : length < 65536 ? 2 : 8);
  if (length_bytes == 0) {
    out += static_cast<char>(mask_bit | static_cast<int>(length));
  } else {
    out += static_cast<char>(mask_bit | (length_bytes == 2 ? 126 : 127));
    AppendNumber(out, length, length_bytes);
  }
  if (!frame.masked) return out.append(frame.payload);
  std::string key;
  AppendNumber(key, frame.key, 4);
  out += key;
  for (size_t i = 0; i < frame.payload.size(); ++i) out += static_cast<char>(frame.payload[i] ^ key[i % 4]);
  return out;
}

std::string ClosePayloadOf(int code, std::string_view reason) {
  std::string payload;
  AppendNumber(payload, static_cast<uint64_t>(code), 2);
  return payload.append(reason);
}

int ServerFrame::code() const {
  return payload.size() < 2 ? 1005 : static_cast<int>(Number(std::string_view(payload).substr(0, 2)));
}

std::string ServerFrame::reason() const { return payload.size() < 2 ? "" : payload.substr(2); }

std::optional<ServerFrame> TakeFrame(std::string& bytes) {
  const std::string_view view = bytes;
  if (view.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(view[0]);
  const auto second = static_cast<unsigned char>(view[1]);
  size_t header = 2;
  uint64_t size = second & 0x7f;
  if (size >= 126) {
    const size_t wide = size == 126 ? 2 : 8;
    if (view.size() < 2 + wide) return std::nullopt;
    size = Number(view.substr(2, wide));
    if (size <= (wide == 2 ? 125 : 65535)) throw std::runtime_error("a length not in its shortest form");
    header += wide;
  }
  if (view.size() - header < size) return std::nullopt;
  ServerFrame frame{.opcode = first & 0xf,
                    .payload = std::string(view.substr(header, size)),
                    .fin = (first & 0x80) != 0,
                    .rsv = first >> 4 & 0x7,
                    .masked = (second & 0x80) != 0};
  bytes.erase(0, header + size);
  return frame;
}

}  // namespace drawbridge
