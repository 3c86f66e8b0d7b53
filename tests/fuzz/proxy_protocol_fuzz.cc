// The parser of the PROXY protocol on arbitrary bytes: the outcome is the same however the input is cut, it
// stays within its bounds, and loses no byte that belongs to the next protocol.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/listener/proxy_protocol.h"
#include "tests/fuzz/chunks.h"

namespace drawbridge {
namespace {

using State = ProxyHeader::State;

constexpr size_t kLongest = 16 + 16 * 1024;

std::string Feed(std::string_view input, Chunks* chunks) {
  ProxyHeader header;
  size_t used = 0;
  while (header.state() == State::kIncomplete && used < input.size()) {
    const std::string_view piece =
        input.substr(used, chunks == nullptr ? std::string_view::npos : chunks->Next());
    const std::vector<char> memory(piece.begin(), piece.end());
    const size_t taken = header.Feed({memory.data(), memory.size()});
    if (taken > piece.size()) Broken("took more than there was");
    if (taken < piece.size() && header.state() == State::kIncomplete) Broken("left bytes but wants more");
    used += taken;
  }
  if (used > kLongest) Broken("took " + std::to_string(used) + " bytes");
  if (header.source().has_value() && header.state() != State::kComplete)
    Broken("an address without a header");
  if (header.state() == State::kAbsent) {
    if (header.taken() != input.substr(0, used)) Broken("lost the beginning of a request");
    used = 0;
  }
  const std::string source = header.source().has_value() ? header.source()->ToString() : "none";
  if (source != "none" && !SocketAddress::Parse(source).has_value()) Broken("no address: " + source);
  if (header.is_local() && (source != "none" || header.client_ssl()))
    Broken("a health check has a client address");
  return std::to_string(static_cast<int>(header.state())) + " " + std::to_string(used) + " " + source +
         (header.client_ssl() ? " tls" : "");
}

// The first byte chooses the pieces.
void Run(std::string_view input) {
  if (input.empty()) return;
  Chunks chunks(static_cast<uint8_t>(input.front()));
  input.remove_prefix(1);
  const std::string whole = Feed(input, nullptr);
  const std::string pieces = Feed(input, &chunks);
  if (whole != pieces) Broken("at once: " + whole + "\nin pieces: " + pieces);
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
