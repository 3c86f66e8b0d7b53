// Memory use follows what a client has sent and not what it announces, and memory is released.
#include <cstddef>
#include <span>
#include <string>

#include "gateway/session/engine.h"
#include "gtest/gtest.h"
#include "tests/gateway/session/client_frames.h"
#include "tests/gateway/session/counted_memory.h"

namespace drawbridge {
namespace {

constexpr size_t kMegabyte = 1 << 20;
constexpr size_t kGigabyte = 1 << 30;

// What the engine allocates for `bytes`, which arrive in one read.
struct Use {
  size_t events = 0;
  size_t most = 0;         // maximum, relative to the start
  size_t left = 0;         // at the end, relative to the start
  size_t allocations = 0;  // number of allocations
};
Use Measure(Engine& engine, std::string& bytes) {
  std::span<char> input(bytes);
  const size_t live = LiveBytes();
  const size_t count = Allocations();
  ForgetMostBytes();
  Use use;
  while (const auto event = engine.Next(input)) {
    ++use.events;
    if (event->kind == Engine::Event::Kind::kError) break;
  }
  use.most = MostBytes() - live;
  use.left = LiveBytes() - live;
  use.allocations = Allocations() - count;
  return use;
}

Use Measure(Engine& engine, std::string&& bytes) { return Measure(engine, bytes); }

TEST(EngineMemoryTest, TheCountersCount) {
  const size_t before = LiveBytes();
  std::string big(kMegabyte, 'x');
  EXPECT_GE(LiveBytes(), before + kMegabyte);
  std::string().swap(big);
  EXPECT_EQ(LiveBytes(), before);
}

TEST(EngineMemoryTest, WhatArrivesWholeIsNeverCopied) {
  Engine engine(kMegabyte);
  std::string bytes = BinaryFrame(std::string(100'000, 'x')) + TextFrame("text") + PingFrame("ping") +
                      Fragment(0x2, "", false) + Fragment(0x0, std::string(100'000, 'y'), true) +
                      CloseFrame(1000);
  const Use use = Measure(engine, bytes);
  EXPECT_EQ(use.events, 5U);
  EXPECT_EQ(use.allocations, 0U);
}

TEST(EngineMemoryTest, AnAnnouncementAloneCostsNothing) {
  Engine engine(kGigabyte);
  const ClientFrame frame{.opcode = 0x2, .announced = kGigabyte};
  Use use = Measure(engine, frame.Header());
  EXPECT_EQ(use.events, 0U);
  EXPECT_EQ(use.allocations, 0U);
  use = Measure(engine, "a few bytes of the gigabyte");
  EXPECT_LT(use.most, 128U);
}

TEST(EngineMemoryTest, MemoryFollowsWhatHasArrived) {
  Engine engine(kGigabyte);
  Measure(engine, ClientFrame{.opcode = 0x2, .announced = kGigabyte}.Header());
  const size_t before = LiveBytes();
  size_t arrived = 0;
  for (; arrived < kMegabyte; arrived += 4096) {
    Measure(engine, std::string(4096, 'x'));
    ASSERT_LE(LiveBytes() - before, 2 * (arrived + 4096) + 64);
  }
}

TEST(EngineMemoryTest, FragmentsWithoutEndStopAtTheLimit) {
  constexpr size_t kLimit = 64 * 1024;
  Engine engine(kLimit);
  Measure(engine, Fragment(0x2, "x", false));
  const size_t before = LiveBytes();
  bool refused = false;
  for (int i = 0; i < 100 && !refused; ++i) {
    refused = Measure(engine, Fragment(0x0, std::string(1000, 'x'), false)).events != 0;
    ASSERT_LE(LiveBytes() - before, 2 * kLimit);
  }
  EXPECT_TRUE(refused);
}

TEST(EngineMemoryTest, EmptyFragmentsCostNothing) {
  Engine engine(kMegabyte);
  Measure(engine, Fragment(0x1, "", false));
  std::string bytes;
  for (int i = 0; i < 10'000; ++i) bytes += Fragment(0x0, "", false);
  EXPECT_EQ(Measure(engine, bytes).allocations, 0U);
}

TEST(EngineMemoryTest, ABigMessageLeavesNothingBehind) {
  Engine engine(kMegabyte);
  std::string first = Fragment(0x2, std::string(500'000, 'x'), false);
  std::string second = Fragment(0x0, std::string(400'000, 'y'), true);
  const size_t before = LiveBytes();
  Measure(engine, first);
  EXPECT_GE(LiveBytes() - before, 500'000U);
  EXPECT_EQ(Measure(engine, second).events, 1U);
  // The memory of a message is released by the call of Next that finds no more events.
  EXPECT_EQ(LiveBytes(), before);
}

TEST(EngineMemoryTest, ABigMessageLeavesNothingBehindWhenSmallOnesFollow) {
  Engine engine(kMegabyte);
  std::string bytes = Fragment(0x2, std::string(500'000, 'x'), false) + Fragment(0x0, "", true) +
                      Fragment(0x1, "a", false) + Fragment(0x0, "b", true) + PingFrame("ping");
  const Use use = Measure(engine, bytes);
  EXPECT_EQ(use.events, 3U);
  EXPECT_EQ(use.left, 0U);
}

}  // namespace
}  // namespace drawbridge
