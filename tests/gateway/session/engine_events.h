// Runs an Engine over bytes that arrive in pieces and keeps what it said, for tests to compare.
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

  // Whether the session would listen no more after it.
  bool ends() const { return kind == Kind::kClose || kind == Kind::kError; }
  bool operator==(const SeenEvent&) const = default;
};
std::ostream& operator<<(std::ostream& out, const SeenEvent& event);

// What is expected.
SeenEvent SeenText(std::string_view payload);
SeenEvent SeenBinary(std::string_view payload);
SeenEvent SeenPing(std::string_view payload);
SeenEvent SeenPong(std::string_view payload);
SeenEvent SeenClose(uint16_t code, std::string_view reason = "");
SeenEvent SeenError(CloseCause cause, std::string_view explanation);

// Gives the engine `bytes` as one read, in memory of exactly that size. Appends what it says to `seen`, up to
// the event that ends it all. False once that has come.
bool Feed(Engine& engine, std::string_view bytes, std::vector<SeenEvent>& seen);

inline constexpr size_t kTestLimit = 1 << 20;

// The events of a whole conversation. `next_chunk`: how much the next read brings, at least 1. `deflate`:
// what is agreed on of compression; nullopt: none.
std::vector<SeenEvent> EventsOf(std::string_view bytes, size_t limit,
                                const std::function<size_t()>& next_chunk,
                                const std::optional<DeflateAgreement>& deflate = std::nullopt);
// In one read.
std::vector<SeenEvent> EventsOf(std::string_view bytes, size_t limit = kTestLimit,
                                const std::optional<DeflateAgreement>& deflate = std::nullopt);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_SESSION_ENGINE_EVENTS_H_
