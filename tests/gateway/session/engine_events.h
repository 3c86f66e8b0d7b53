// Runs an Engine over bytes in pieces and keeps its events, for tests to compare.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_EVENTS_H_
#define DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/session/deflate_options.h"
#include "gateway/session/engine.h"
#include "gateway/session/frame.h"

namespace drawbridge {

// An Engine::Event that owns its payload.
struct SeenEvent {
  using Kind = Engine::Event::Kind;
  Kind kind;
  Opcode opcode = Opcode::kContinuation;
  std::string payload;
  uint16_t code = 0;
  CloseCause cause = CloseCause::kProtocolError;
  std::string explanation;

  // Whether the session stops reading after this event.
  bool ends() const { return kind == Kind::kClose || kind == Kind::kError; }
  bool operator==(const SeenEvent&) const = default;
};
std::ostream& operator<<(std::ostream& out, const SeenEvent& event);

// Expected events.
SeenEvent SeenText(std::string_view payload);
SeenEvent SeenBinary(std::string_view payload);
SeenEvent SeenPing(std::string_view payload);
SeenEvent SeenPong(std::string_view payload);
SeenEvent SeenClose(uint16_t code, std::string_view reason = "");
SeenEvent SeenError(CloseCause cause, std::string_view explanation);

// Gives `bytes` to the engine as one read, in memory of exactly that size, so that a sanitizer detects
// overruns. Appends events to `seen` up to the one that ends the conversation. Returns false once that has
// come.
bool Feed(Engine& engine, std::string_view bytes, std::vector<SeenEvent>& seen);

inline constexpr size_t kTestLimit = 1 << 20;

// The events of a whole conversation. `next_chunk` returns the size of the next read, at least 1. `deflate`:
// the negotiated compression; nullopt: none.
std::vector<SeenEvent> EventsOf(std::string_view bytes, size_t limit,
                                const std::function<size_t()>& next_chunk,
                                const std::optional<DeflateAgreement>& deflate = std::nullopt);
// The same in one read.
std::vector<SeenEvent> EventsOf(std::string_view bytes, size_t limit = kTestLimit,
                                const std::optional<DeflateAgreement>& deflate = std::nullopt);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_EVENTS_H_
