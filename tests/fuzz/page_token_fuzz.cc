// Page tokens from arbitrary bytes: refused, unless the node itself would make them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/control/page_token.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

// The first byte chooses the query. The filter is the text before the first line end.
void Run(std::string_view input) {
  static const PageTokens tokens(PageTokens::Key{1, 2, 3});
  if (input.empty()) return;
  const bool show_closed = (input.front() & 1) != 0;
  input.remove_prefix(1);
  const size_t end = input.find('\n');
  const ListQuery query{.incarnation = "abcd1234",
                        .filter = end == std::string_view::npos ? "" : input.substr(0, end),
                        .show_closed = show_closed};
  const std::string_view token = end == std::string_view::npos ? input : input.substr(end + 1);
  const auto sequence = tokens.Read(query, token);
  if (sequence.has_value() && tokens.Make(query, *sequence) != token)
    Broken("accepted a token that it would not make");
  const uint64_t position = input.size() * 0x9e3779b97f4a7c15;
  if (tokens.Read(query, tokens.Make(query, position)) != position) Broken("refused its own token");
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
