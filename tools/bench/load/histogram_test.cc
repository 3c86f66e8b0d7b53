// Checks the error bound of the percentiles.
#include "tools/bench/load/histogram.h"

#include "gtest/gtest.h"

namespace drawbridge::bench {
namespace {

TEST(HistogramTest, IsExactForSmallValues) {
  Histogram histogram;
  for (int i = 1; i <= 50; ++i) histogram.Record(i);
  EXPECT_EQ(histogram.Percentile(0.5), 25U);
  EXPECT_EQ(histogram.Percentile(1), 50U);
  EXPECT_EQ(histogram.total(), 50U);
}

TEST(HistogramTest, IsWithinASixtyFourthForLargeOnes) {
  for (int64_t value = 100; value < int64_t{1} << 50; value = value * 3 + 1) {
    Histogram histogram;
    for (int i = 0; i < 10; ++i) histogram.Record(value);
    histogram.Record(value * 4);
    const auto median = static_cast<double>(histogram.Percentile(0.5));
    EXPECT_GE(median, static_cast<double>(value));
    EXPECT_LE(median, static_cast<double>(value) * 65 / 64);
  }
}

TEST(HistogramTest, NeverExceedsTheMaximum) {
  Histogram histogram;
  histogram.Record(1'000'001);
  histogram.Record(-5);
  EXPECT_EQ(histogram.Percentile(0.999), 1'000'001U);
  EXPECT_EQ(histogram.Percentile(0.5), 0U);
  EXPECT_EQ(histogram.max(), 1'000'001U);
}

}  // namespace
}  // namespace drawbridge::bench
