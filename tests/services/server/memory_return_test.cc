// When a large number of clients counts as gone, so that memory is returned to the system.
#include "services/server/memory_return.h"

#include <atomic>
#include <cstddef>
#include <future>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

TEST(CrowdWatchTest, SeesACrowdGoOnceAndOnlyWhenNoMoreLeave) {
  CrowdWatch watch;
  EXPECT_FALSE(watch.Look(0, 0));
  EXPECT_FALSE(watch.Look(10'000, 0));
  EXPECT_FALSE(watch.Look(7'000, 0));
  EXPECT_FALSE(watch.Look(2'000, 0)) << "they are still leaving";
  EXPECT_FALSE(watch.Look(100, 0));
  EXPECT_TRUE(watch.Look(100, 0));
  EXPECT_FALSE(watch.Look(100, 0)) << "once";
}

TEST(CrowdWatchTest, SeesTheNextCrowdToo) {
  CrowdWatch watch;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(watch.Look(1'000, 0));
    EXPECT_FALSE(watch.Look(0, 0));
    EXPECT_TRUE(watch.Look(0, 0));
  }
}

TEST(CrowdWatchTest, SeesEachHalvingOfAHugeCrowd) {
  CrowdWatch watch;
  EXPECT_FALSE(watch.Look(8'000, 0));
  EXPECT_FALSE(watch.Look(4'000, 0));
  EXPECT_TRUE(watch.Look(4'000, 0));
  EXPECT_FALSE(watch.Look(2'001, 0));
  EXPECT_FALSE(watch.Look(2'001, 0));
  EXPECT_FALSE(watch.Look(2'000, 0));
  EXPECT_TRUE(watch.Look(2'000, 0));
}

TEST(CrowdWatchTest, SeesACrowdThatCameAndWentBetweenTwoLooks) {
  CrowdWatch watch;
  EXPECT_FALSE(watch.Look(10, 10));
  EXPECT_TRUE(watch.Look(10, 9'000));
  EXPECT_FALSE(watch.Look(10, 10));
}

TEST(CrowdWatchTest, SmallCrowdsAndComingAndGoingAreNothing) {
  CrowdWatch watch;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(watch.Look(499, 0));
    EXPECT_FALSE(watch.Look(0, 0));
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(watch.Look(10'000, 0));
    EXPECT_FALSE(watch.Look(6'000, 0));
  }
}

TEST(MemoryReturnTest, AsksAgainAndAgainAndEndsAtOnce) {
  std::promise<void> asked;
  std::atomic<int> times = 0;
  MemoryReturn memory_return(
      [&]() -> size_t {
        if (++times == 3) asked.set_value();
        return 0;
      },
      [] { return 0; }, absl::Milliseconds(1));
  asked.get_future().wait();
}

}  // namespace
}  // namespace drawbridge
