#include "gateway/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace drawbridge {
namespace {

// The well-formed byte sequences of RFC 3629, section 4, as an automaton. A state defines which bytes may
// follow.
enum State : uint8_t {
  kAccept,
  kTail1,    // one more 80..BF
  kTail2,    // two more
  kTail3,    // three more
  kAfterE0,  // A0..BF, then one tail: no overlong form
  kAfterEd,  // 80..9F, then one tail: no surrogate
  kAfterF0,  // 90..BF, then two tails: no overlong form
  kAfterF4,  // 80..8F, then two tails: nothing over U+10FFFF
  kReject,
  kStates,
};

constexpr State Next(State state, int byte) {
  const auto in = [byte](int low, int high) { return byte >= low && byte <= high; };
  switch (state) {
    case kAccept:
      if (in(0x00, 0x7f)) return kAccept;
      if (in(0xc2, 0xdf)) return kTail1;
      if (byte == 0xe0) return kAfterE0;
      if (byte == 0xed) return kAfterEd;
      if (in(0xe1, 0xef)) return kTail2;
      if (byte == 0xf0) return kAfterF0;
      if (in(0xf1, 0xf3)) return kTail3;
      if (byte == 0xf4) return kAfterF4;
      return kReject;
    case kTail1:
      return in(0x80, 0xbf) ? kAccept : kReject;
    case kTail2:
      return in(0x80, 0xbf) ? kTail1 : kReject;
    case kTail3:
      return in(0x80, 0xbf) ? kTail2 : kReject;
    case kAfterE0:
      return in(0xa0, 0xbf) ? kTail1 : kReject;
    case kAfterEd:
      return in(0x80, 0x9f) ? kTail1 : kReject;
    case kAfterF0:
      return in(0x90, 0xbf) ? kTail2 : kReject;
    case kAfterF4:
      return in(0x80, 0x8f) ? kTail2 : kReject;
    default:
      return kReject;
  }
}

constexpr auto kTransitions = [] {
  std::array<std::array<uint8_t, 256>, kStates> table{};
  for (int state = 0; state < kStates; ++state) {
    for (int byte = 0; byte < 256; ++byte) table[state][byte] = Next(static_cast<State>(state), byte);
  }
  return table;
}();

// The number of leading ASCII bytes, counted in steps of eight. A fast path, since most text is ASCII.
size_t AsciiPrefix(std::string_view text) {
  size_t count = 0;
  for (uint64_t word; count + sizeof(word) <= text.size(); count += sizeof(word)) {
    std::memcpy(&word, text.data() + count, sizeof(word));
    if ((word & 0x8080808080808080) != 0) break;
  }
  return count;
}

}  // namespace

bool Utf8Checker::Feed(std::string_view piece) {
  while (!piece.empty()) {
    if (state_ == kAccept) piece.remove_prefix(AsciiPrefix(piece));
    // At most eight bytes by the automaton, then try the fast path again.
    const size_t step = std::min<size_t>(piece.size(), 8);
    for (size_t i = 0; i < step; ++i) state_ = kTransitions[state_][static_cast<unsigned char>(piece[i])];
    if (state_ == kReject) return false;
    piece.remove_prefix(step);
  }
  return state_ != kReject;
}

std::optional<Utf8Character> FirstUtf8Character(std::string_view text) {
  constexpr size_t kLongest = 4;
  uint8_t state = kAccept;
  char32_t code = 0;
  for (size_t i = 0; i < std::min(text.size(), kLongest); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // The first byte begins with n ones and a zero; each further byte holds 6 bits (RFC 3629, section 3).
    code = i == 0 ? byte & (byte < 0x80   ? 0x7F
                            : byte < 0xE0 ? 0x1F
                            : byte < 0xF0 ? 0x0F
                                          : 0x07)
                  : code << 6 | (byte & 0x3F);
    state = kTransitions[state][byte];
    if (state == kAccept) return Utf8Character{i + 1, code};
    if (state == kReject) return std::nullopt;
  }
  return std::nullopt;
}

bool HasControlCharacter(std::string_view text) {
  while (!text.empty()) {
    const auto character = FirstUtf8Character(text);
    if (!character.has_value()) return true;
    if (character->code < 0x20 || (character->code >= 0x7F && character->code <= 0x9F)) return true;
    text.remove_prefix(character->size);
  }
  return false;
}

bool IsUtf8(std::string_view text) {
  Utf8Checker checker;
  return checker.Feed(text) && checker.AtBoundary();
}

}  // namespace drawbridge
