// The bound holds while threads take and release slots, and no slot is lost.
#include "gateway/connections/slots.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

TEST(SlotsTest, GivesAsManyAsThereAre) {
  Slots slots(2);
  EXPECT_EQ(slots.capacity(), 2U);
  Slot first = slots.Take();
  Slot second = slots.Take();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(slots.Take());
  EXPECT_EQ(slots.taken(), 2U);
  first.Release();
  EXPECT_FALSE(first);
  EXPECT_EQ(slots.taken(), 1U);
  EXPECT_TRUE(slots.Take());
}

TEST(SlotsTest, NoneOfNone) {
  Slots slots(0);
  EXPECT_FALSE(slots.Take());
  EXPECT_EQ(slots.taken(), 0U);
}

TEST(SlotsTest, APlaceIsGivenBackOnce) {
  Slots slots(3);
  {
    Slot slot = slots.Take();
    Slot moved = std::move(slot);
    EXPECT_TRUE(moved);
    EXPECT_EQ(slots.taken(), 1U);
    moved.Release();
    moved.Release();
    EXPECT_EQ(slots.taken(), 0U);
  }
  EXPECT_EQ(slots.taken(), 0U);
}

TEST(SlotsTest, AssigningGivesTheOldPlaceBack) {
  Slots slots(3);
  Slot kept = slots.Take();
  Slot other = slots.Take();
  kept = std::move(other);
  EXPECT_EQ(slots.taken(), 1U);
  EXPECT_TRUE(kept);
  kept = Slot();
  EXPECT_EQ(slots.taken(), 0U);
}

TEST(SlotsTest, TheBoundHoldsUnderContention) {
  constexpr int kCapacity = 3;
  Slots slots(kCapacity);
  std::atomic<int> inside = 0;
  std::atomic<int> got = 0;
  std::vector<std::thread> threads;
  threads.reserve(6);
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 3000; ++round) {
        Slot slot = slots.Take();
        if (!slot) continue;
        ++got;
        EXPECT_LE(++inside, kCapacity);
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(got, 0);
  EXPECT_EQ(slots.taken(), 0U);
}

}  // namespace
}  // namespace drawbridge
