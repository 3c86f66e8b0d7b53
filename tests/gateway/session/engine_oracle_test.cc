// Compares the Engine with Boost.Beast, an independent and widely used implementation: both must report the
// same for the same bytes.
#include <algorithm>
#include <cstddef>
#include <string>

#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/conversations.h"
#include "tests/gateway/session/engine_accounts.h"

namespace drawbridge {
namespace {

void Compare(const std::string& bytes, size_t chunk, const std::string& name) {
  const Account beast = OfBeast(bytes, chunk);
  const Account engine = OfEngine(bytes, chunk);
  for (size_t i = 0; i < std::min(beast.size(), engine.size()); ++i) {
    const bool ends = i + 1 == engine.size();
    if (engine[i] != beast[i] && ends && IsKnownDifference(engine[i], beast[i], bytes)) return;
    ASSERT_EQ(engine[i], beast[i]) << name << " in chunks of " << chunk << ", event " << i;
  }
  ASSERT_EQ(engine.size(), beast.size()) << name << " in chunks of " << chunk;
}

TEST(EngineOracleTest, AgreesWithBeastOnTheCorpus) {
  for (const auto& [name, bytes] : ConversationCorpus()) {
    for (const size_t chunk : {1, 3, 1000}) Compare(bytes, chunk, name);
  }
}

TEST(EngineOracleTest, AgreesWithBeastOnEveryCloseCode) {
  for (unsigned code = 0; code <= 5100; ++code) {
    Compare(CloseFrame(static_cast<uint16_t>(code), "bye"), 1000, "close " + std::to_string(code));
  }
}

TEST(EngineOracleTest, AgreesWithBeastOnEveryFirstTwoBytes) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      bytes += std::string("\0\x7e", 2) + "key." + std::string(140, '.');
      Compare(bytes, 1000, std::to_string(first) + " " + std::to_string(second));
    }
  }
}

TEST(EngineOracleTest, AgreesWithBeastAroundTheLimit) {
  for (size_t size = kAccountLimit - 2; size <= kAccountLimit + 2; ++size) {
    for (const size_t first : {size_t{0}, size_t{1}, size / 2, size}) {
      const std::string bytes = Fragment(0x2, std::string(first, 'a'), false) + PingFrame("p") +
                                Fragment(0x0, std::string(size - first, 'b'), true) + TextFrame("after");
      Compare(bytes, 4096, std::to_string(size) + " bytes, fragmented behind " + std::to_string(first));
    }
    Compare(BinaryFrame(std::string(size, 'x')) + TextFrame("after"), 4096, std::to_string(size) + " bytes");
  }
}

TEST(EngineOracleTest, AgreesWithBeastOnRandomConversations) {
  ConversationMaker maker(6455);
  for (int i = 0; i < 8000; ++i) {
    const std::string bytes = maker.Next();
    const size_t chunk = maker.Below(2) == 0 ? 1 + maker.Below(40) : 4096;
    Compare(bytes, chunk, "conversation " + std::to_string(i));
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace drawbridge
