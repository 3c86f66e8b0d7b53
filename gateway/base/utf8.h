// Checks UTF-8 (RFC 3629) that arrives in pieces, and takes it apart.
#ifndef DRAWBRIDGE_GATEWAY_BASE_UTF8_H_
#define DRAWBRIDGE_GATEWAY_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace drawbridge {

// Not thread-safe; a few bytes, freely copied.
class Utf8Checker {
 public:
  // False as soon as no continuation could make the text valid; from then on always false.
  [[nodiscard]] bool Feed(std::string_view piece);

  // Whether the text may end here: nothing wrong so far and no character cut in two.
  [[nodiscard]] bool AtBoundary() const { return state_ == 0; }

 private:
  uint8_t state_ = 0;  // of the automaton in utf8.cc; 0 accepts
};

bool IsUtf8(std::string_view text);

// The character at the front of `text`, which is not empty: its size in bytes and its code point. nullopt
// where the front is no well-formed character, be it cut off.
struct Utf8Character {
  size_t size;
  char32_t code;
};
std::optional<Utf8Character> FirstUtf8Character(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_UTF8_H_
