// Resume tokens of watches from arbitrary bytes: refused, unless the node itself would make them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/control/watch_token.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

// The filter is the text before the first line end, the token is the text after it.
void Run(std::string_view input) {
  constexpr std::string_view kIncarnation = "abcd1234";
  static const WatchTokens tokens(SealingKey::Bytes{1, 2, 3});
  const size_t end = input.find('\n');
  const std::string_view filter = end == std::string_view::npos ? "" : input.substr(0, end);
  const std::string_view token = end == std::string_view::npos ? input : input.substr(end + 1);
  const auto cursor = tokens.Read(kIncarnation, filter, token);
  if (cursor.has_value() && tokens.Make(kIncarnation, filter, *cursor) != token)
    Broken("accepted a token that it would not make");

  const uint64_t number = input.size() * 0x9e3779b97f4a7c15;
  const WatchCursor made{.position = number, .walked = ~number};
  std::string sealed = tokens.Make(kIncarnation, filter, made);
  if (tokens.Read(kIncarnation, filter, sealed) != made) Broken("refused its own token");
  if (tokens.Read("another1", filter, sealed).has_value()) Broken("accepted a token of another node");
  // Changes one bit of it.
  sealed[number % sealed.size()] ^= static_cast<char>(1 << (input.size() % 8));
  if (tokens.Read(kIncarnation, filter, sealed).has_value()) Broken("accepted a changed token");
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
