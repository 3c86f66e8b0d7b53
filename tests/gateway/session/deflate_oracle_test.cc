// Compares the Engine with Boost.Beast, which has its own inflation code: both must report the same for the
// same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/gateway/session/conversations.h"
#include "tests/gateway/session/engine_accounts.h"

namespace drawbridge {
namespace {

bool IsControl(const std::string& line) { return line.starts_with("ping ") || line.starts_with("pong "); }
bool IsMessage(const std::string& line) { return line.starts_with("text ") || line.starts_with("binary "); }
bool IsEnd(const std::string& line) { return !IsControl(line) && !IsMessage(line); }

enum class Comparison { kSame, kKnownDifference, kDifference };

// Compares from the event `at` on, where the accounts differ. The known differences are:
//  - Beast reports an error in a message as it arrives. The Engine reports it when the message is complete,
//    after control frames between the fragments, or not at all if the message never is.
//  - Beast delivers a message that ends inside a block, and ends the stream at a final block.
//  - Beast treats a compressed message without payload as one that ends inside a block. The next message then
//    starts in that block, with an undefined result.
//  - Beast does not limit the compressed size of a message.
Comparison CompareFrom(size_t at, const Account& engine, const Account& beast) {
  const std::string& theirs = beast[at];
  auto ours = engine.begin() + static_cast<ptrdiff_t>(at);
  const auto is_empty = [](const std::string& line) { return line == "text " || line == "binary "; };
  if (std::any_of(engine.begin(), ours, is_empty)) return Comparison::kKnownDifference;
  if (theirs == "invalid_utf8" || theirs == "too_big" || theirs == "invalid_deflate") {
    ours = std::find_if_not(ours, engine.end(), IsControl);
    return IsEnd(*ours) ? Comparison::kKnownDifference : Comparison::kDifference;
  }
  if (*ours == "invalid_deflate" && (IsMessage(theirs) || theirs == "cut off"))
    return Comparison::kKnownDifference;
  if (theirs == "final block") return Comparison::kKnownDifference;
  if (*ours == "too_big" && IsEnd(theirs)) return Comparison::kKnownDifference;
  return Comparison::kDifference;
}

Comparison Compare(const Account& engine, const Account& beast, const std::string& bytes,
                   const DeflateAgreement& agreement) {
  for (size_t i = 0; i < std::min(engine.size(), beast.size()); ++i) {
    if (engine[i] == beast[i]) continue;
    const bool known = i + 1 == engine.size() && IsKnownDifference(engine[i], beast[i], bytes, agreement);
    return known ? Comparison::kKnownDifference : CompareFrom(i, engine, beast);
  }
  return engine.size() == beast.size() ? Comparison::kSame : Comparison::kDifference;
}

void CompareConversations(ConversationMaker::Deflation deflation, uint64_t seed) {
  const bool takeover = deflation == ConversationMaker::Deflation::kTakeover;
  const DeflateAgreement agreement{.client_context_takeover = takeover};
  ConversationMaker maker(seed, deflation);
  constexpr int kConversations = 4000;
  int known = 0;
  for (int i = 0; i < kConversations; ++i) {
    const std::string bytes = maker.Next();
    const size_t chunk = maker.Below(2) == 0 ? 1 + maker.Below(40) : 4096;
    const Account engine = OfEngine(bytes, chunk, agreement);
    const Account beast = OfBeast(bytes, chunk, agreement);
    const Comparison comparison = Compare(engine, beast, bytes, agreement);
    known += comparison == Comparison::kKnownDifference ? 1 : 0;
    ASSERT_NE(comparison, Comparison::kDifference)
        << "conversation " << i << " in chunks of " << chunk
        << "\nengine: " << ::testing::PrintToString(engine) << "\nBeast: " << ::testing::PrintToString(beast);
  }
  EXPECT_LT(known, kConversations / 10) << "what is known to differ is not to be the rule";
}

TEST(DeflateOracleTest, AgreesWithBeastOnMessagesThatStandAlone) {
  CompareConversations(ConversationMaker::Deflation::kAlone, 7692);
}

TEST(DeflateOracleTest, AgreesWithBeastOnMessagesThatReferToOthers) {
  CompareConversations(ConversationMaker::Deflation::kTakeover, 2697);
}

}  // namespace
}  // namespace drawbridge
