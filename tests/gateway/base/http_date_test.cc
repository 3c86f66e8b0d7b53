#include "gateway/base/http_date.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace drawbridge {
namespace {

using std::chrono::seconds;

std::string DateOf(std::chrono::nanoseconds since_epoch) {
  return std::string(HttpDate(WallTime(since_epoch)));
}

TEST(HttpDateTest, IsAnImfFixdate) {
  EXPECT_EQ(DateOf(seconds(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT") << "RFC 9110, section 5.6.7";
  EXPECT_EQ(DateOf(seconds(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(DateOf(seconds(951'827'696)), "Tue, 29 Feb 2000 12:34:56 GMT");
  EXPECT_EQ(DateOf(seconds(4'102'444'799)), "Thu, 31 Dec 2099 23:59:59 GMT");
}

TEST(HttpDateTest, FollowsTheClockToTheSecond) {
  EXPECT_EQ(DateOf(seconds(10)), "Thu, 01 Jan 1970 00:00:10 GMT");
  EXPECT_EQ(DateOf(seconds(11) - std::chrono::nanoseconds(1)), "Thu, 01 Jan 1970 00:00:10 GMT");
  EXPECT_EQ(DateOf(seconds(11)), "Thu, 01 Jan 1970 00:00:11 GMT");
  EXPECT_EQ(DateOf(seconds(9)), "Thu, 01 Jan 1970 00:00:09 GMT") << "the clock was set back";
  EXPECT_EQ(DateOf(-std::chrono::milliseconds(1)), "Wed, 31 Dec 1969 23:59:59 GMT");
}

}  // namespace
}  // namespace drawbridge
