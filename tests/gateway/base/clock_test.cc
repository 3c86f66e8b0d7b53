// A time of the steady clock must convert to the right wall-clock time.
#include "gateway/base/clock.h"

#include <chrono>

#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

TEST(ClockTest, PlacesASteadyTimeOnTheCalendar) {
  ManualClock clock;
  const SteadyTime past = clock.Steady();
  const WallTime shown = clock.Wall();
  clock.Advance(seconds(90));
  EXPECT_EQ(clock.ToWall(past), shown);
  EXPECT_EQ(clock.ToWall(clock.Steady()), clock.Wall());
  EXPECT_EQ(clock.ToWall(clock.Steady() + seconds(5)), clock.Wall() + seconds(5));
}

TEST(ClockTest, TheSystemsClockNeverStepsBack) {
  const SystemClock clock;
  SteadyTime last = clock.Steady();
  for (int i = 0; i < 1000; ++i) {
    const SteadyTime now = clock.Steady();
    ASSERT_GE(now, last);
    last = now;
  }
}

// Regression test: both clocks were read for each conversion, so the results for one time differed by up to
// 130 ns.
TEST(ClockTest, TheSystemsClockShowsAMomentAlwaysAtTheSamePlace) {
  const SystemClock clock;
  const SteadyTime moment = clock.Steady();
  const WallTime wall = clock.Wall();
  const WallTime shown = clock.ToWall(moment);
  EXPECT_LT(std::chrono::abs(shown - wall), seconds(1));
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(clock.ToWall(moment), shown);
  EXPECT_EQ(clock.ToWall(moment + seconds(5)), shown + seconds(5));
}

}  // namespace
}  // namespace drawbridge
