#include "tools/ctl/printable.h"

#include <fmt/format.h>

#include <clocale>
#include <cuchar>
#include <cwchar>
#include <optional>

#include "gateway/base/misleading.h"

namespace drawbridge::ctl {
namespace {

struct Character {
  std::string_view bytes;
  std::optional<char32_t> code;  // nullopt: a byte that does not start a character
};

// Returns the first character of `text`, which must not be empty.
Character First(std::string_view text) {
  static const bool utf8 = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
  std::mbstate_t state{};
  char32_t code = 0;
  const size_t length = std::mbrtoc32(&code, text.data(), text.size(), &state);
  if (length == 0) return {text.substr(0, 1), U'\0'};
  // Without the UTF-8 locale all bytes outside ASCII are escaped.
  if (length > text.size() || (!utf8 && static_cast<unsigned char>(text[0]) >= 0x80))
    return {text.substr(0, 1), std::nullopt};
  return {text.substr(0, length), code};
}

std::string Escape(const Character& character) {
  if (!character.code.has_value())
    return fmt::format("\\x{:02x}", static_cast<unsigned char>(character.bytes[0]));
  const auto code = static_cast<uint32_t>(*character.code);
  if (code < 0x80) return fmt::format("\\x{:02x}", code);
  return code <= 0xFFFF ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

size_t WidthOf(const Character& character) {
  if (!character.code.has_value()) return 1;
  const int width = ::wcwidth(static_cast<wchar_t>(*character.code));
  return width < 0 ? 1 : static_cast<size_t>(width);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const Character character = First(text);
    const bool shown = character.code.has_value() && ::wcwidth(static_cast<wchar_t>(*character.code)) >= 0 &&
                       !Misleads(*character.code);
    printable += shown ? std::string(character.bytes) : Escape(character);
    text.remove_prefix(character.bytes.size());
  }
  return printable;
}

size_t DisplayWidth(std::string_view printable) {
  size_t width = 0;
  while (!printable.empty()) {
    const Character character = First(printable);
    width += WidthOf(character);
    printable.remove_prefix(character.bytes.size());
  }
  return width;
}

std::string Shorten(std::string_view printable, size_t width) {
  if (DisplayWidth(printable) <= width) return std::string(printable);
  if (width == 0) return "";
  std::string kept;
  for (size_t used = 0; !printable.empty();) {
    const Character character = First(printable);
    used += WidthOf(character);
    if (used > width - 1) break;
    kept += character.bytes;
    printable.remove_prefix(character.bytes.size());
  }
  return kept + "…";
}

}  // namespace drawbridge::ctl
