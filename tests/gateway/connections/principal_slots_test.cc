// The limit of connections per principal.
#include "gateway/connections/principal_slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace drawbridge {
namespace {

TEST(PrincipalSlotsTest, APrincipalHasAsManyAsTheLimit) {
  PrincipalSlots slots(2);
  auto first = slots.Take("alice");
  auto second = slots.Take("alice");
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(slots.Take("alice").has_value());
  EXPECT_TRUE(slots.Take("bob").has_value());
  first->Release();
  first->Release();  // has no effect
  EXPECT_TRUE(slots.Take("alice").has_value());
}

TEST(PrincipalSlotsTest, WithoutALimitOrAPrincipalNothingIsCounted) {
  PrincipalSlots unlimited(0);
  PrincipalSlots slots(1);
  std::vector<PrincipalSlot> taken;
  for (int i = 0; i < 10; ++i) {
    taken.push_back(*unlimited.Take("alice"));
    taken.push_back(*slots.Take(""));
  }
  EXPECT_EQ(unlimited.size(), 0U);
  EXPECT_EQ(slots.size(), 0U);
}

TEST(PrincipalSlotsTest, TakeAnywayTellsWhoIsBeyondTheLimit) {
  PrincipalSlots slots(1);
  bool beyond = true;
  PrincipalSlot first = slots.TakeAnyway("alice", &beyond);
  EXPECT_FALSE(beyond);
  PrincipalSlot second = slots.TakeAnyway("alice", &beyond);
  EXPECT_TRUE(beyond);
  first.Release();
  EXPECT_FALSE(slots.Take("alice").has_value()) << "the second one is counted";
  second = PrincipalSlot();
  EXPECT_EQ(slots.size(), 0U);
}

TEST(PrincipalSlotsTest, AMovedSlotIsReturnedOnce) {
  PrincipalSlots slots(1);
  PrincipalSlot slot = *slots.Take("alice");
  PrincipalSlot moved = std::move(slot);
  slot.Release();  // NOLINT(bugprone-use-after-move): that is tested
  EXPECT_EQ(slots.size(), 1U);
  moved.Release();
  EXPECT_EQ(slots.size(), 0U);
}

TEST(PrincipalSlotsTest, ALowerLimitAppliesToNewcomers) {
  PrincipalSlots slots(2);
  const auto first = slots.Take("alice");
  const auto second = slots.Take("alice");
  slots.set_limit(1);
  EXPECT_FALSE(slots.Take("alice").has_value());
  slots.set_limit(3);
  EXPECT_TRUE(slots.Take("alice").has_value());
}

TEST(PrincipalSlotsTest, ManyThreadsNeverPassTheLimit) {
  PrincipalSlots slots(3);
  std::atomic<int> held = 0;
  std::atomic<int> most = 0;
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        auto slot = slots.Take("alice");
        if (!slot.has_value()) continue;
        const int now = ++held;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        --held;
      }
    });
  }
  threads.clear();
  EXPECT_LE(most, 3);
  EXPECT_EQ(slots.size(), 0U);
}

}  // namespace
}  // namespace drawbridge
