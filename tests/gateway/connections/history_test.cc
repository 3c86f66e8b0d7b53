// The history of ended connections is bounded in number and in time.
#include "gateway/connections/history.h"

#include <chrono>
#include <memory>

#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class HistoryTest : public ::testing::Test {
 protected:
  // A connection that ends now.
  std::shared_ptr<Connection> Ended(uint64_t sequence) {
    auto connection = std::make_shared<Connection>(ConnectionInfo{.sequence = sequence});
    connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
    CloseResult result;
    result.close_time = clock_.Steady();
    connection->RecordEnd(result);
    return connection;
  }

  ManualClock clock_;
  History history_{{}, &clock_};
};

TEST_F(HistoryTest, FindsWhatItWasGivenAndNothingElse) {
  const auto connection = Ended(7);
  history_.Add(connection);
  EXPECT_EQ(history_.Find(7), connection);
  EXPECT_EQ(history_.Find(8), nullptr);
  EXPECT_EQ(history_.Find(0), nullptr);
}

TEST_F(HistoryTest, RemembersTheLastTenThousand) {
  for (uint64_t sequence = 1; sequence <= 10'000; ++sequence) history_.Add(Ended(sequence));
  EXPECT_NE(history_.Find(1), nullptr);
  history_.Add(Ended(10'001));
  EXPECT_EQ(history_.Find(1), nullptr);
  for (uint64_t sequence = 2; sequence <= 10'001; ++sequence) ASSERT_NE(history_.Find(sequence), nullptr);
}

TEST_F(HistoryTest, RemembersForFiveMinutes) {
  history_.Add(Ended(1));
  clock_.Advance(seconds(1));
  history_.Add(Ended(2));
  clock_.Advance(minutes(5) - seconds(1) - nanoseconds(1));
  EXPECT_NE(history_.Find(1), nullptr);
  clock_.Advance(nanoseconds(1));
  EXPECT_EQ(history_.Find(1), nullptr);
  EXPECT_NE(history_.Find(2), nullptr);
  clock_.Advance(seconds(1));
  EXPECT_EQ(history_.Find(2), nullptr);
}

TEST_F(HistoryTest, LetsGoOfWhatItForgets) {
  const auto by_number = Ended(1);
  History small({.capacity = 2}, &clock_);
  for (const auto& connection : {by_number, Ended(2), Ended(3)}) small.Add(connection);
  EXPECT_EQ(by_number.use_count(), 1);

  const auto by_time = Ended(10);
  history_.Add(by_time);
  clock_.Advance(minutes(5));
  history_.Add(Ended(11));
  EXPECT_EQ(by_time.use_count(), 1);
}

TEST_F(HistoryTest, MayBeSwitchedOff) {
  History none({.capacity = 0}, &clock_);
  none.Add(Ended(1));
  EXPECT_EQ(none.Find(1), nullptr);
}

}  // namespace
}  // namespace drawbridge
