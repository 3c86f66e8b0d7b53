#include "services/filter/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace drawbridge {
namespace {

constexpr size_t kLongest = 40;

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

std::string ToString(const FilterError& error, std::string_view filter) {
  const auto before = std::ranges::count_if(filter.substr(0, error.offset), BeginsCharacter);
  return fmt::format("column {}: {}", before + 1, error.message);
}

std::string Quote(std::string_view text) {
  if (text.size() <= kLongest) return fmt::format("\"{}\"", text);
  size_t size = kLongest;
  while (size > 0 && !BeginsCharacter(text[size])) --size;
  return fmt::format("\"{}...\"", text.substr(0, size));
}

}  // namespace drawbridge
