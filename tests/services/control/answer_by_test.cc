// How long before its deadline a waiting call is answered.
#include "services/control/answer_by.h"

#include <gtest/gtest.h>

#include <chrono>

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(AnswerByTest, IsAMomentBeforeTheDeadline) {
  EXPECT_EQ(WaitingTime(milliseconds(100)), milliseconds(85));
  EXPECT_EQ(WaitingTime(milliseconds(150)), milliseconds(135));
  EXPECT_EQ(WaitingTime(milliseconds(1000)), milliseconds(900));
  EXPECT_EQ(WaitingTime(milliseconds(5000)), milliseconds(4500));
  EXPECT_EQ(WaitingTime(minutes(10)), minutes(10) - milliseconds(500));
}

TEST(AnswerByTest, LeavesHalfOfAShortTime) {
  EXPECT_EQ(WaitingTime(milliseconds(30)), milliseconds(15));
  EXPECT_EQ(WaitingTime(milliseconds(2)), milliseconds(1));
}

TEST(AnswerByTest, IsNowWhereTheDeadlineIsOver) {
  EXPECT_EQ(WaitingTime(milliseconds(0)), milliseconds(0));
  EXPECT_EQ(WaitingTime(milliseconds(-5)), milliseconds(0));
}

}  // namespace
}  // namespace drawbridge
