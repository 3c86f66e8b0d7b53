// Validates UTF-8 (RFC 3629) that arrives in pieces, and decodes single characters.
#ifndef DRAWBRIDGE_GATEWAY_BASE_UTF8_H_
#define DRAWBRIDGE_GATEWAY_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace drawbridge {

// Not thread-safe; cheap to copy.
class Utf8Checker {
 public:
  // False as soon as no continuation could make the text valid; from then on always false.
  [[nodiscard]] bool Feed(std::string_view piece);

  // Whether the text may end here: it is valid so far and does not end inside a character.
  [[nodiscard]] bool AtBoundary() const { return state_ == 0; }

 private:
  uint8_t state_ = 0;  // of the automaton in utf8.cc; 0 accepts
};

bool IsUtf8(std::string_view text);

struct Utf8Character {
  size_t size;  // in bytes
  char32_t code;
};
// The first character of `text`, which must not be empty. nullopt where `text` does not begin with a
// complete, well-formed character.
std::optional<Utf8Character> FirstUtf8Character(std::string_view text);

// Whether `text` has C0, DEL or C1, which would let a name forge log lines or control a terminal. True also
// where it is not valid UTF-8.
bool HasControlCharacter(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_UTF8_H_
