// When a key set is fetched again: after successes, failures and requests.
#include "gateway/identity/refresh_schedule.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace drawbridge {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class RefreshScheduleTest : public ::testing::Test {
 protected:
  // The time from the end of a fetch to the next one.
  seconds AfterSuccess(std::optional<seconds> max_age) {
    schedule_.Begin(now_);
    schedule_.Succeed(now_, max_age);
    return std::chrono::duration_cast<seconds>(schedule_.due() - now_);
  }
  seconds AfterFailure() {
    schedule_.Begin(now_);
    schedule_.Fail(now_);
    return std::chrono::duration_cast<seconds>(schedule_.due() - now_);
  }

  double random_ = 0;
  SteadyTime now_{hours(1)};
  RefreshSchedule schedule_{now_, [this] { return random_; }};
};

TEST_F(RefreshScheduleTest, TheFirstFetchIsDueAtOnce) {
  EXPECT_EQ(schedule_.due(), now_);
  EXPECT_FALSE(schedule_.is_running());
}

TEST_F(RefreshScheduleTest, FollowsMaxAgeWithinItsBounds) {
  EXPECT_EQ(AfterSuccess(hours(1)), hours(1));
  EXPECT_EQ(AfterSuccess(seconds(15)), minutes(5));
  EXPECT_EQ(AfterSuccess(std::nullopt), minutes(5));
  EXPECT_LE(AfterSuccess(hours(1000)), hours(24));
  EXPECT_GE(AfterSuccess(hours(1000)), hours(21));
  EXPECT_LE(AfterSuccess(seconds::max()), hours(24)) << "does not overflow";
}

TEST_F(RefreshScheduleTest, TheRandomPartIsATenthAtMost) {
  random_ = 1;
  EXPECT_EQ(AfterSuccess(hours(1)), minutes(66));
  EXPECT_LE(AfterSuccess(hours(1000)), hours(24));
}

TEST_F(RefreshScheduleTest, ThePauseAfterFailuresDoubles) {
  for (const int pause : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300})
    EXPECT_EQ(AfterFailure(), seconds(pause)) << pause;
  AfterSuccess(hours(1));
  EXPECT_EQ(AfterFailure(), seconds(1));
}

TEST_F(RefreshScheduleTest, ARequestMakesAFetchDueAtMostOnceInHalfAMinute) {
  AfterSuccess(hours(1));
  now_ += seconds(29);
  EXPECT_FALSE(schedule_.Request(now_));
  now_ += seconds(1);
  EXPECT_TRUE(schedule_.Request(now_));
  EXPECT_EQ(schedule_.due(), now_);
  EXPECT_TRUE(schedule_.Request(now_)) << "it is due";
  schedule_.Begin(now_);
  EXPECT_TRUE(schedule_.is_running());
  EXPECT_TRUE(schedule_.Request(now_)) << "it runs";
  schedule_.Succeed(now_, hours(1));
  EXPECT_FALSE(schedule_.Request(now_ + seconds(10)));
}

}  // namespace
}  // namespace drawbridge
