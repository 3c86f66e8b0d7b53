#include "gateway/base/token_bucket.h"

#include <gtest/gtest.h>

#include <chrono>

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart = SteadyTime(std::chrono::hours(1));

TEST(TokenBucketTest, BeginsWithOneSecondsWorth) {
  TokenBucket bucket(10);
  for (int i = 0; i < 10; ++i) {
    EXPECT_LE(bucket.ready_at(), kStart) << i;
    bucket.Take(1, kStart);
  }
  EXPECT_LE(bucket.paid_at(), kStart);
  EXPECT_EQ(bucket.ready_at(), kStart + milliseconds(100));
}

TEST(TokenBucketTest, IsReadyWithEachTokenThatComes) {
  TokenBucket bucket(4);
  bucket.Take(4, kStart);
  for (int i = 1; i <= 8; ++i) {
    const SteadyTime now = kStart + milliseconds(250) * i;
    EXPECT_EQ(bucket.ready_at(), now);
    bucket.Take(1, now);
  }
}

TEST(TokenBucketTest, HoldsNoMoreThanOneSecondsWorthHoweverLongItRests) {
  TokenBucket bucket(10);
  bucket.Take(10, kStart + std::chrono::hours(5));
  EXPECT_EQ(bucket.ready_at(), kStart + std::chrono::hours(5) + milliseconds(100));
}

TEST(TokenBucketTest, ADebtIsPaidBeforeAnythingElse) {
  TokenBucket bucket(1000);
  bucket.Take(65'000, kStart);
  EXPECT_EQ(bucket.paid_at(), kStart + seconds(64));
  bucket.Take(1000, kStart + seconds(64));
  EXPECT_EQ(bucket.paid_at(), kStart + seconds(65));
}

TEST(TokenBucketTest, KeepsItsRateOverManyTokensThatAreNoWholeNanosecondsApart) {
  TokenBucket bucket(3);
  SteadyTime now = kStart;
  for (int i = 0; i < 3'000; ++i) bucket.Take(1, now = std::max(now, bucket.ready_at()));
  EXPECT_NEAR(std::chrono::duration<double>(now - kStart).count(), 999.0, 0.001);
}

}  // namespace
}  // namespace drawbridge
