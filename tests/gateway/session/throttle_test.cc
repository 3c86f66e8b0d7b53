#include "gateway/session/throttle.h"

#include <gtest/gtest.h>

#include <chrono>

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart = SteadyTime(std::chrono::hours(1));

TEST(ThrottleTest, IsNotThereWithoutALimit) {
  EXPECT_EQ(Throttle::For({}), nullptr);
  EXPECT_NE(Throttle::For({.messages_per_second = 1}), nullptr);
  EXPECT_NE(Throttle::For({.bytes_per_second = 1}), nullptr);
}

TEST(ThrottleTest, PausesAsLongAsTheDebtTakes) {
  Throttle throttle({.bytes_per_second = 1000});
  throttle.Charge(1000, 1, kStart);
  EXPECT_FALSE(throttle.paused_until().has_value());
  throttle.Charge(64'000, 2, kStart);
  EXPECT_EQ(throttle.paused_until(), kStart + seconds(64));
  EXPECT_FALSE(throttle.Resume(kStart + seconds(64) - milliseconds(1)));
  EXPECT_TRUE(throttle.Resume(kStart + seconds(64)));
  EXPECT_FALSE(throttle.paused_until().has_value());
  EXPECT_FALSE(throttle.Resume(kStart + seconds(65)));
}

TEST(ThrottleTest, CountsTheMessagesThatAreNew) {
  Throttle throttle({.messages_per_second = 10});
  throttle.Charge(1 << 20, 10, kStart);
  EXPECT_FALSE(throttle.paused_until().has_value());
  throttle.Charge(0, 11, kStart);
  EXPECT_EQ(throttle.paused_until(), kStart + milliseconds(100));
}

TEST(ThrottleTest, TheSlowerOfTwoLimitsHolds) {
  Throttle throttle({.messages_per_second = 10, .bytes_per_second = 1000});
  throttle.Charge(3000, 15, kStart);
  EXPECT_EQ(throttle.paused_until(), kStart + seconds(2));
}

}  // namespace
}  // namespace drawbridge
