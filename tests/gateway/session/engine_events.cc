#include "tests/gateway/session/engine_events.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <memory>
#include <span>

#include "gateway/session/deflate_pool.h"
#include "gateway/session/message_deflate.h"

namespace drawbridge {

std::ostream& operator<<(std::ostream& out, const SeenEvent& event) {
  constexpr std::array kWords = {"message", "ping", "pong", "close", "error"};
  constexpr size_t kShown = 64;
  out << kWords[static_cast<size_t>(event.kind)] << " opcode " << static_cast<int>(event.opcode) << " of "
      << event.payload.size() << " bytes \"" << std::hex;
  for (const char c : event.payload.substr(0, kShown)) {
    if (c >= ' ' && c <= '~') {
      out << c;
    } else {
      out << "\\x" << std::setw(2) << std::setfill('0') << (c & 0xff);
    }
  }
  return out << std::dec << "\" code " << event.code << " cause " << Describe(event.cause).word << " \""
             << event.explanation << '"';
}

SeenEvent SeenText(std::string_view payload) {
  return {.kind = SeenEvent::Kind::kMessage, .opcode = Opcode::kText, .payload = std::string(payload)};
}

SeenEvent SeenBinary(std::string_view payload) {
  return {.kind = SeenEvent::Kind::kMessage, .opcode = Opcode::kBinary, .payload = std::string(payload)};
}

SeenEvent SeenPing(std::string_view payload) {
  return {.kind = SeenEvent::Kind::kPing, .opcode = Opcode::kPing, .payload = std::string(payload)};
}

SeenEvent SeenPong(std::string_view payload) {
  return {.kind = SeenEvent::Kind::kPong, .opcode = Opcode::kPong, .payload = std::string(payload)};
}

SeenEvent SeenClose(uint16_t code, std::string_view reason) {
  return {.kind = SeenEvent::Kind::kClose,
          .opcode = Opcode::kClose,
          .payload = std::string(reason),
          .code = code};
}

SeenEvent SeenError(CloseCause cause, std::string_view explanation) {
  return {.kind = SeenEvent::Kind::kError, .cause = cause, .explanation = std::string(explanation)};
}

bool Feed(Engine& engine, std::string_view bytes, std::vector<SeenEvent>& seen) {
  std::vector<char> memory(bytes.begin(), bytes.end());
  std::span<char> input(memory);
  while (const auto event = engine.Next(input)) {
    seen.push_back({.kind = event->kind,
                    .opcode = event->opcode,
                    .payload = std::string(event->payload),
                    .code = event->code,
                    .cause = event->cause,
                    .explanation = std::string(event->explanation)});
    if (seen.back().ends()) return false;
  }
  return true;
}

std::vector<SeenEvent> EventsOf(std::string_view bytes, size_t limit,
                                const std::function<size_t()>& next_chunk,
                                const std::optional<DeflateAgreement>& deflate) {
  static const DeflateOptions options;
  DeflatePool pool;
  std::unique_ptr<MessageDeflate> inflation;
  if (deflate.has_value()) inflation = std::make_unique<MessageDeflate>(pool, options, *deflate);
  Engine engine(limit, inflation.get());
  std::vector<SeenEvent> seen;
  while (!bytes.empty()) {
    const std::string_view chunk = bytes.substr(0, next_chunk());
    if (!Feed(engine, chunk, seen)) break;
    bytes.remove_prefix(chunk.size());
  }
  return seen;
}

std::vector<SeenEvent> EventsOf(std::string_view bytes, size_t limit,
                                const std::optional<DeflateAgreement>& deflate) {
  return EventsOf(
      bytes, limit, [&] { return std::max<size_t>(bytes.size(), 1); }, deflate);
}

}  // namespace drawbridge
