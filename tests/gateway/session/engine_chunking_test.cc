// TCP has no message boundaries: the same bytes give the same events, however they are divided.
#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/gateway/session/conversations.h"
#include "tests/gateway/session/engine_events.h"

namespace drawbridge {
namespace {

constexpr size_t kSmallLimit = 2000;
constexpr size_t kLargeLimit = 100'000;

std::vector<SeenEvent> InChunksOf(size_t size, const std::string& bytes, size_t limit) {
  return EventsOf(bytes, limit, [size] { return size; });
}

TEST(EngineChunkingTest, TheCorpusByEveryChunkSize) {
  for (const auto& [name, bytes] : ConversationCorpus()) {
    for (const size_t limit : {kSmallLimit, kLargeLimit}) {
      const auto whole = EventsOf(bytes, limit);
      for (const size_t size : {1, 2, 3, 4, 5, 7, 8, 13, 64, 1000, 65536}) {
        ASSERT_EQ(InChunksOf(size, bytes, limit), whole) << name << " in chunks of " << size;
      }
    }
  }
}

TEST(EngineChunkingTest, TheCorpusCutOnceAtEveryPlace) {
  for (const auto& [name, bytes] : ConversationCorpus()) {
    const auto whole = EventsOf(bytes, kLargeLimit);
    const size_t size = bytes.size();
    for (size_t cut = 1; cut < std::min<size_t>(size, 400); ++cut) {
      bool is_first = true;
      const auto seen =
          EventsOf(bytes, kLargeLimit, [&] { return std::exchange(is_first, false) ? cut : size; });
      ASSERT_EQ(seen, whole) << name << " cut at " << cut;
    }
  }
}

TEST(EngineChunkingTest, RandomConversationsInRandomChunks) {
  ConversationMaker maker(20240607);
  for (int i = 0; i < 6000; ++i) {
    const std::string bytes = maker.Next();
    const size_t limit = maker.Below(2) == 0 ? kSmallLimit : kLargeLimit;
    const auto whole = EventsOf(bytes, limit);
    if (bytes.size() < 20'000) {
      ASSERT_EQ(InChunksOf(1, bytes, limit), whole) << "conversation " << i;
    }
    for (const size_t longest : {3, 20, 300, 70'000}) {
      const auto seen = EventsOf(bytes, limit, [&] { return 1 + maker.Below(longest); });
      ASSERT_EQ(seen, whole) << "conversation " << i << ", chunks of up to " << longest;
    }
  }
}

TEST(EngineChunkingTest, CompressedConversationsInRandomChunks) {
  using Deflation = ConversationMaker::Deflation;
  std::map<std::string, int> errors;
  for (const Deflation deflation : {Deflation::kAlone, Deflation::kTakeover}) {
    const DeflateAgreement agreement{.client_context_takeover = deflation == Deflation::kTakeover};
    ConversationMaker maker(7692, deflation);
    for (int i = 0; i < 2000; ++i) {
      const std::string bytes = maker.Next();
      const auto whole = EventsOf(bytes, kSmallLimit, agreement);
      for (const size_t longest : {1, 20, 300, 70'000}) {
        const auto next = [&] { return 1 + maker.Below(longest); };
        ASSERT_EQ(EventsOf(bytes, kSmallLimit, next, agreement), whole)
            << "conversation " << i << ", chunks of up to " << longest;
      }
      if (!whole.empty()) ++errors[whole.back().explanation];
    }
  }
  for (const std::string expected : {"", "invalid deflate data", "message too big", "invalid UTF-8"}) {
    EXPECT_GT(errors[expected], 50) << expected;
  }
}

// The events of the first bytes of a conversation do not depend on later bytes.
TEST(EngineChunkingTest, MoreBytesOnlyAddEvents) {
  ConversationMaker maker(42);
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = maker.Next();
    const auto whole = EventsOf(bytes, kSmallLimit);
    const auto first = EventsOf(bytes.substr(0, maker.Below(bytes.size() + 1)), kSmallLimit);
    ASSERT_LE(first.size(), whole.size()) << i;
    ASSERT_TRUE(std::equal(first.begin(), first.end(), whole.begin())) << i;
  }
}

// An engine without events would pass the tests above, so this test checks that every kind of event occurs.
TEST(EngineChunkingTest, TheConversationsAreWorthHaving) {
  ConversationMaker maker(20240607);
  std::map<SeenEvent::Kind, int> kinds;
  std::map<std::string, int> errors;
  for (int i = 0; i < 6000; ++i) {
    for (const SeenEvent& event : EventsOf(maker.Next(), kSmallLimit)) {
      ++kinds[event.kind];
      if (event.kind == SeenEvent::Kind::kError) ++errors[event.explanation];
    }
  }
  EXPECT_EQ(kinds.size(), 5U);
  for (const auto& [kind, count] : kinds) EXPECT_GT(count, 300) << static_cast<int>(kind);
  // Every error occurs: see Fault, Begin, TakeData and CloseEvent of the engine.
  EXPECT_EQ(errors.size(), 14U);
  for (const auto& [explanation, count] : errors) EXPECT_GT(count, 5) << explanation;
}

}  // namespace
}  // namespace drawbridge
