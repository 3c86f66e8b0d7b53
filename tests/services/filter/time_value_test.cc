// Times and durations in filters: which texts are valid, and their values.
#include "services/filter/time_value.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

using std::chrono::nanoseconds;
constexpr int64_t kSecond = 1'000'000'000;

TEST(TimeValueTest, Times) {
  const struct {
    std::string text;
    int64_t nanos;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:01.5Z", kSecond * 3 / 2},
      {"1970-01-01T00:00:00.123456789123Z", 123456789},
      {"1970-01-01T01:00:00+01:00", 0},
      {"1969-12-31T22:30:00-01:30", 0},
      {"2026-11-25T08:30:00Z", 1795595400 * kSecond},
      {"2024-02-29T23:59:59Z", 1709251199 * kSecond},
      {"1969-12-31T23:59:59Z", -kSecond},
      {"9999-12-31T23:59:59Z", std::numeric_limits<int64_t>::max()},
      {"0001-01-01T00:00:00Z", std::numeric_limits<int64_t>::min()},
  };
  for (const auto& each : cases) {
    const auto time = ParseTime(each.text);
    ASSERT_TRUE(time.has_value()) << each.text;
    EXPECT_EQ(time->time_since_epoch().count(), each.nanos) << each.text;
  }
}

TEST(TimeValueTest, NoTimes) {
  for (const std::string text : {"",
                                 "now",
                                 "2026-11-25",
                                 "2026-11-25 08:30:00Z",
                                 "2026-11-25T08:30Z",
                                 "2026-11-25T08:30:00",
                                 "2026-11-25t08:30:00Z",
                                 "2026-11-25T08:30:00z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-02-29T00:00:00Z",
                                 "2026-01-32T00:00:00Z",
                                 "2026-01-00T00:00:00Z",
                                 "2026-01-01T24:00:00Z",
                                 "2026-01-01T00:60:00Z",
                                 "2026-01-01T00:00:60Z",
                                 "2026-01-01T00:00:00.Z",
                                 "2026-01-01T00:00:00+24:00",
                                 "2026-01-01T00:00:00+0100",
                                 "2026-01-01T00:00:00Zx",
                                 " 2026-01-01T00:00:00Z",
                                 "26-01-01T00:00:00Z",
                                 "-026-01-01T00:00:00Z",
                                 "2026-1-1T00:00:00Z",
                                 "infinite-future"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(TimeValueTest, Durations) {
  const struct {
    std::string text;
    int64_t nanos;
  } cases[] = {
      {"0s", 0},
      {"1ns", 1},
      {"2us", 2'000},
      {"3ms", 3'000'000},
      {"-30s", -30 * kSecond},
      {"1.5s", kSecond * 3 / 2},
      {"5m", 300 * kSecond},
      {"2h", 7200 * kSecond},
      {"0.1ms", 100'000},
      {"1.9ns", 1},
      {"0.5h", 1800 * kSecond},
      {"876000h", 876000 * kSecond * 3600},
      {"-876000h", -876000 * kSecond * 3600},
  };
  for (const auto& each : cases) {
    const auto duration = ParseDuration(each.text);
    ASSERT_TRUE(duration.has_value()) << each.text;
    EXPECT_EQ(duration->count(), each.nanos) << each.text;
  }
}

TEST(TimeValueTest, NoDurations) {
  for (const std::string text : {"",
                                 "s",
                                 "-",
                                 "-s",
                                 "5",
                                 "5 s",
                                 "5S",
                                 "5d",
                                 ".5s",
                                 "5.s",
                                 "1.2.3s",
                                 "+5s",
                                 "--5s",
                                 "1e3s",
                                 "0x1s",
                                 "1m30s",
                                 "876000.1h",
                                 "876001h",
                                 "99999999999999999999s",
                                 "3153600001s"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace drawbridge
