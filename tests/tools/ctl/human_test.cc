#include "tools/ctl/human.h"

#include <gtest/gtest.h>

namespace drawbridge::ctl {
namespace {

TEST(HumanTest, Ages) {
  EXPECT_EQ(HumanAge(absl::Seconds(-3)), "0s");
  EXPECT_EQ(HumanAge(absl::Milliseconds(59'999)), "59s");
  EXPECT_EQ(HumanAge(absl::Seconds(60)), "1m00s");
  EXPECT_EQ(HumanAge(absl::Minutes(59) + absl::Seconds(9)), "59m09s");
  EXPECT_EQ(HumanAge(absl::Hours(3) + absl::Minutes(4)), "3h04m");
  EXPECT_EQ(HumanAge(absl::Hours(51)), "2d03h");
}

TEST(HumanTest, Latencies) {
  EXPECT_EQ(HumanLatency(absl::Nanoseconds(100)), "0.1us");
  EXPECT_EQ(HumanLatency(absl::Microseconds(340)), "340us");
  EXPECT_EQ(HumanLatency(absl::Microseconds(1234)), "1.2ms");
  EXPECT_EQ(HumanLatency(absl::Nanoseconds(999'600)), "1ms");
  EXPECT_EQ(HumanLatency(absl::Milliseconds(250)), "250ms");
  EXPECT_EQ(HumanLatency(absl::Milliseconds(3500)), "3.5s");
}

TEST(HumanTest, Bytes) {
  EXPECT_EQ(HumanBytes(0), "0");
  EXPECT_EQ(HumanBytes(1023), "1023");
  EXPECT_EQ(HumanBytes(1024), "1K");
  EXPECT_EQ(HumanBytes(1536), "1.5K");
  EXPECT_EQ(HumanBytes(20.0 * 1024 * 1024), "20M");
  EXPECT_EQ(HumanBytes(1023.9 * 1024), "1M");
  EXPECT_EQ(HumanBytes(18446744073709551615.0), "16E");
}

TEST(HumanTest, Rates) {
  EXPECT_EQ(HumanRate(-1), "0");
  EXPECT_EQ(HumanRate(0.04), "0");
  EXPECT_EQ(HumanRate(0.42), "0.4");
  EXPECT_EQ(HumanRate(12.3), "12");
  EXPECT_EQ(HumanRate(999.7), "1k");
  EXPECT_EQ(HumanRate(2'500'000), "2.5M");
}

TEST(HumanTest, Counts) {
  EXPECT_EQ(Count(1, "connection"), "1 connection");
  EXPECT_EQ(Count(0, "connection"), "0 connections");
}

}  // namespace
}  // namespace drawbridge::ctl
