#include "gateway/identity/base64url.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace drawbridge {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint32_t kForeign = 0x80;  // no value of 6 bits has this bit

constexpr auto kValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kForeign);
  for (size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<unsigned char>(kAlphabet[i])] = i;
  return values;
}();

uint32_t ValueOf(char c) { return kValues[static_cast<unsigned char>(c)]; }

// The last one or two bytes, which 2 or 3 characters encode. False where the text is not canonical.
bool AppendRest(std::string_view rest, std::string& bytes) {
  uint32_t bits = 0;
  uint32_t seen = 0;
  for (const char c : rest) {
    seen |= ValueOf(c);
    bits = bits << 6 | ValueOf(c);
  }
  const size_t unused = rest.size() == 2 ? 4 : 2;
  if ((seen & kForeign) != 0 || (bits & ((1u << unused) - 1)) != 0) return false;
  bits >>= unused;
  if (rest.size() == 3) bytes.push_back(static_cast<char>(bits >> 8 & 0xFF));
  bytes.push_back(static_cast<char>(bits & 0xFF));
  return true;
}

}  // namespace

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  const size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  char* out = bytes.data();
  uint32_t seen = 0;
  for (; text.size() >= 4; text.remove_prefix(4)) {
    const uint32_t values[] = {ValueOf(text[0]), ValueOf(text[1]), ValueOf(text[2]), ValueOf(text[3])};
    seen |= values[0] | values[1] | values[2] | values[3];
    const uint32_t bits = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3];
    *out++ = static_cast<char>(bits >> 16 & 0xFF);
    *out++ = static_cast<char>(bits >> 8 & 0xFF);
    *out++ = static_cast<char>(bits & 0xFF);
  }
  if ((seen & kForeign) != 0 || (rest != 0 && !AppendRest(text, bytes))) return std::nullopt;
  return bytes;
}

}  // namespace drawbridge
