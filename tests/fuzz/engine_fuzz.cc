// The protocol engine on arbitrary bytes: it must not crash, and returns the same events however the input is
// cut.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "gateway/base/utf8.h"
#include "gateway/session/deflate_options.h"
#include "gateway/session/frame.h"
#include "tests/fuzz/chunks.h"
#include "tests/gateway/session/engine_events.h"

namespace drawbridge {
namespace {

std::string Shown(const std::vector<SeenEvent>& events) {
  std::ostringstream text;
  for (const SeenEvent& event : events) text << "  " << event << '\n';
  return text.str();
}

// The lowest bit of the first byte chooses the limit, the next two bits the agreement on compression. The
// second byte chooses the pieces. The rest is the input of a client.
void Run(std::string_view input) {
  if (input.size() < 2) return;
  const size_t limit = (input[0] & 1) != 0 ? 50 : 100'000;
  std::optional<DeflateAgreement> deflate;
  if ((input[0] & 2) != 0) deflate = DeflateAgreement{.client_context_takeover = (input[0] & 4) != 0};
  Chunks chunks(static_cast<uint8_t>(input[1]));
  input.remove_prefix(2);
  const auto whole = EventsOf(input, limit, deflate);
  const auto pieces = EventsOf(
      input, limit, [&] { return chunks.Next(); }, deflate);
  if (whole != pieces) Broken("as a whole:\n" + Shown(whole) + "in pieces:\n" + Shown(pieces));
  for (const SeenEvent& event : whole) {
    if (event.kind == SeenEvent::Kind::kMessage && event.payload.size() > limit)
      Broken("a message over the limit");
    if (event.opcode == Opcode::kText && !IsUtf8(event.payload)) Broken("a text that is not UTF-8");
  }
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
