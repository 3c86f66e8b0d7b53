#include "gateway/session/message_deflate.h"

#include <cstring>

namespace drawbridge {

Inflater& MessageDeflate::inflater() {
  if (!agreement_.client_context_takeover) return pool_.inflater();
  if (own_inflater_ == nullptr) own_inflater_ = std::make_unique<Inflater>(agreement_.client_window_bits);
  return *own_inflater_;
}

Deflater& MessageDeflate::deflater() {
  const DeflateShape shape{agreement_.server_window_bits, options_.level, options_.memory_level};
  if (!agreement_.server_context_takeover) return pool_.deflater(shape);
  if (own_deflater_ == nullptr) own_deflater_ = std::make_unique<Deflater>(shape);
  return *own_deflater_;
}

Inflater::Result MessageDeflate::Inflate(std::string_view payload, size_t limit, std::string& spill) {
  return inflater().Inflate(payload, limit, pool_.scratch(), spill, agreement_.client_context_takeover);
}

void MessageDeflate::AppendFrame(WriteBuffer& out, Opcode opcode, std::string_view payload) {
  // An empty message cannot shrink. An uncompressed frame leaves both windows as they are.
  const bool may_shrink =
      !payload.empty() && payload.size() >= options_.min_bytes && payload.size() <= Deflater::kMostBytes;
  if (may_shrink && AppendCompressed(out, opcode, payload)) return;
  drawbridge::AppendFrame(out, opcode, payload);
}

// False if the message does not shrink; nothing is appended then.
bool MessageDeflate::AppendCompressed(WriteBuffer& out, Opcode opcode, std::string_view payload) {
  // Compresses in place in `out`, after room for the longest header that the frame can need.
  const size_t before = out.view().size();
  const size_t room = payload.size() + Deflater::kTail;
  const size_t distance = FrameHeaderSize(payload.size());
  char* const frame = out.Extend(distance + room);
  const std::optional<size_t> size =
      deflater().Compress(payload, {frame + distance, room}, agreement_.server_context_takeover);
  if (!size.has_value()) {
    out.Truncate(before);
    return false;
  }
  const size_t header = FrameHeaderSize(*size);
  if (header != distance) std::memmove(frame + header, frame + distance, *size);
  WriteFrameHeader(frame, opcode, *size, kRsv1);
  out.Truncate(before + header + *size);
  return true;
}

}  // namespace drawbridge
