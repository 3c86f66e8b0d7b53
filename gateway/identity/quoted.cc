#include "gateway/identity/quoted.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>

namespace drawbridge {
namespace {

constexpr size_t kMaxShown = 64;

bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '\''; }

}  // namespace

std::string QuotedForHeader(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text.substr(0, kMaxShown)) {
    if (IsPlain(c)) {
      quoted.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(quoted), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  quoted.append(text.size() > kMaxShown ? "...'" : "'");
  return quoted;
}

}  // namespace drawbridge
