// The pace of many closes: at the rate, evenly spread, at random moments, and without a burst after a stall.
#include "services/drain/pace.h"

#include <chrono>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const SteadyTime kStart = SteadyTime(std::chrono::hours(1));

// Does what is due and returns how much that was.
size_t DoDue(Pace& pace, SteadyTime now) {
  size_t done = 0;
  for (; pace.next() <= now; ++done) pace.Advance(now);
  return done;
}

// The same for the 200 ms before `end`, called every 10 ms.
size_t DoDueForAFifth(Pace& pace, SteadyTime end) {
  size_t done = 0;
  for (int i = 19; i >= 0; --i) done += DoDue(pace, end - i * milliseconds(10));
  return done;
}

TEST(PaceTest, EachHasAMomentOfItsOwnSlot) {
  for (const uint32_t seed : {1u, 2u, 3u}) {
    Pace pace(milliseconds(125), kStart, seed);
    std::set<nanoseconds> within;
    for (int i = 0; i < 100; ++i) {
      const nanoseconds since = pace.next() - kStart;
      ASSERT_GE(since, i * milliseconds(125));
      ASSERT_LT(since, (i + 1) * milliseconds(125));
      within.insert(since - i * milliseconds(125));
      pace.Advance(pace.next());
    }
    EXPECT_GT(within.size(), 90U) << "never in step";
    EXPECT_LT(*within.begin(), milliseconds(25)) << "over the whole of the slot";
    EXPECT_GT(*within.rbegin(), milliseconds(100));
  }
}

TEST(PaceTest, EverySecondHasItsRateAndEveryMomentItsShare) {
  for (const uint32_t rate : {1u, 7u, 500u, 5'000u, 1'000'000u}) {
    Pace pace(nanoseconds(seconds(1)) / rate, kStart, 1);
    for (int second = 0; second < 3; ++second) {
      size_t done = 0;
      for (int moment = 1; moment <= 5; ++moment) {
        const size_t part =
            DoDueForAFifth(pace, kStart + seconds(second) + moment * milliseconds(200) - nanoseconds(1));
        EXPECT_LE(part, rate / 5 + 1) << rate;
        EXPECT_GE(part + 1, rate / 5) << rate;
        done += part;
      }
      EXPECT_EQ(done, rate);
    }
  }
}

TEST(PaceTest, WhatAStallHeldUpIsPutOffAndNotRushed) {
  Pace pace(milliseconds(1), kStart, 1);
  EXPECT_LE(DoDue(pace, kStart + seconds(10)), 22U);
  for (int i = 1; i <= 10; ++i) {
    const size_t part = DoDueForAFifth(pace, kStart + seconds(10) + i * milliseconds(200));
    EXPECT_GE(part, 199U);
    EXPECT_LE(part, 201U);
  }
}

TEST(PaceTest, WithoutAnIntervalAllIsDueAtOnce) {
  Pace pace(nanoseconds(0), kStart, 1);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_LE(pace.next(), kStart);
    pace.Advance(kStart);
  }
}

}  // namespace
}  // namespace drawbridge
