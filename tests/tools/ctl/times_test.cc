#include "tools/ctl/times.h"

#include <gtest/gtest.h>

namespace drawbridge::ctl {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TEST(TimesTest, ProtosComeBackAsTheyWere) {
  const absl::Time time = kNow + absl::Nanoseconds(7);
  EXPECT_EQ(ToProto(time).nanos(), 7);
  EXPECT_EQ(FromProto(ToProto(time)), time);
  EXPECT_EQ(FromProto(ToProto(absl::Milliseconds(1500))), absl::Milliseconds(1500));
}

TEST(TimesTest, AnExpiryIsATimeADurationOrNever) {
  absl::Time time;
  ASSERT_TRUE(ParseExpiry("30m", kNow, &time));
  EXPECT_EQ(time, kNow + absl::Minutes(30));
  ASSERT_TRUE(ParseExpiry("2023-11-14T23:13:20+01:00", kNow, &time));
  EXPECT_EQ(time, kNow);
  ASSERT_TRUE(ParseExpiry("never", kNow, &time));
  EXPECT_EQ(time, absl::InfiniteFuture());
  for (const char* text : {"", "soon", "30", "inf", "-inf", "2023-11-14", "infinite-future"})
    EXPECT_FALSE(ParseExpiry(text, kNow, &time)) << text;
}

}  // namespace
}  // namespace drawbridge::ctl
