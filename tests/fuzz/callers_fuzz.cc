// Files of known callers from arbitrary bytes: accepted within their bounds, or refused with one line that
// shows no long word of the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/auth/known_callers.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

void Run(std::string_view input) {
  try {
    const KnownCallers known = KnownCallers::Parse(input);
    if (known.size() > KnownCallers::kMaxEntries) Broken("too many");
    if (known.FindToken(DigestOf("")) != nullptr && known.size() == 0) Broken("found what is not there");
  } catch (const CallersError& error) {
    const std::string_view what = error.what();
    if (what.empty() || what.size() > 512) Broken("not a short line");
    if (std::ranges::any_of(what, [](char c) { return c >= 0 && c < ' '; })) Broken("not printable");
  }
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
