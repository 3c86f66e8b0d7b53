#include "tools/ctl/ranking.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tools/ctl/times.h"
#include "tools/ctl/top_view.h"

namespace drawbridge::ctl {
namespace {

using control::v1::Connection;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Connection Of(const std::string& id, uint64_t messages) {
  Connection connection;
  connection.set_connection_id(id);
  connection.set_received_messages(messages);
  connection.set_sent_bytes(10 * messages);
  *connection.mutable_create_time() = ToProto(kNow - absl::Hours(1));
  return connection;
}

std::vector<std::string> Ids(Ranking& ranking) {
  std::vector<std::string> ids;
  for (const Ranked& row : ranking.Take()) ids.push_back(row.connection.connection_id());
  return ids;
}

using Strings = std::vector<std::string>;

TEST(RankingTest, RatesAreOfTheTimeBetweenTwoWalks) {
  Ranking first(Order::kRate, 10, {});
  first.Add(Of("a", 1'000'000), kNow);
  first.Add(Of("b", 0), kNow);
  Ranking second(Order::kRate, 10, first.TakeCounters());
  second.Add(Of("a", 1'000'020), kNow + absl::Seconds(2));
  second.Add(Of("b", 100), kNow + absl::Seconds(2));
  EXPECT_DOUBLE_EQ(second.total().received_messages, 60);
  EXPECT_EQ(second.count(), 2u);
  const std::vector<Ranked> rows = second.Take();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].connection.connection_id(), "b");
  EXPECT_DOUBLE_EQ(rows[0].rates.received_messages, 50);
  EXPECT_DOUBLE_EQ(rows[0].rates.sent_bytes, 500);
  EXPECT_DOUBLE_EQ(rows[1].rates.received_messages, 10);
}

TEST(RankingTest, OfWhoIsNewTheRateIsSinceItCame) {
  Connection connection = Of("new", 30);
  *connection.mutable_create_time() = ToProto(kNow - absl::Seconds(3));
  Ranking ranking(Order::kRate, 10, {});
  ranking.Add(connection, kNow);
  EXPECT_DOUBLE_EQ(ranking.Take()[0].rates.received_messages, 10);
}

TEST(RankingTest, ClocksThatDifferMakeNoRateInfiniteOrNegative) {
  Connection connection = Of("new", 30);
  *connection.mutable_create_time() = ToProto(kNow + absl::Seconds(3));
  Ranking ranking(Order::kRate, 10, {});
  ranking.Add(connection, kNow);
  EXPECT_DOUBLE_EQ(ranking.Take()[0].rates.received_messages, 3000);
}

TEST(RankingTest, OfManyTheFirstFewAreKept) {
  Ranking ranking(Order::kRate, 2, {});
  for (uint64_t i = 0; i < 1000; ++i) ranking.Add(Of(std::to_string(i), i * 7919 % 1000), kNow);
  EXPECT_EQ(Ids(ranking), (Strings{"321", "642"})) << "999 and 998 messages";
  EXPECT_EQ(ranking.count(), 1000u);
}

TEST(RankingTest, TheSlowestComeFirstAndTheUnknownLast) {
  Ranking ranking(Order::kRtt, 10, {});
  Connection fast = Of("fast", 9);
  *fast.mutable_round_trip_time() = ToProto(absl::Milliseconds(1));
  Connection slow = Of("slow", 0);
  *slow.mutable_round_trip_time() = ToProto(absl::Seconds(2));
  for (const Connection& connection : {Of("unknown", 99), fast, slow}) ranking.Add(connection, kNow);
  EXPECT_EQ(Ids(ranking), (Strings{"slow", "fast", "unknown"}));
}

TEST(RankingTest, TheBiggestQueuesComeFirstAndEqualsById) {
  Ranking ranking(Order::kQueue, 10, {});
  Connection big = Of("z", 0);
  big.set_send_queue_bytes(5);
  for (const Connection& connection : {Of("b", 50), Of("a", 5), big}) ranking.Add(connection, kNow);
  EXPECT_EQ(Ids(ranking), (Strings{"z", "a", "b"}));
  EXPECT_EQ(ranking.queued_bytes(), 5u);
}

TEST(RankingTest, TheLongestWithoutAMessageComeFirst) {
  Ranking ranking(Order::kIdle, 10, {});
  Connection busy = Of("busy", 1);
  *busy.mutable_create_time() = ToProto(kNow - absl::Hours(3));
  *busy.mutable_last_message_time() = ToProto(kNow - absl::Seconds(1));
  Connection quiet = Of("quiet", 1);
  *quiet.mutable_create_time() = ToProto(kNow - absl::Hours(2));
  *quiet.mutable_last_message_time() = ToProto(kNow - absl::Minutes(5));
  *quiet.mutable_last_receive_time() = ToProto(kNow);  // a pong
  Connection mute = Of("mute", 0);
  *mute.mutable_create_time() = ToProto(kNow - absl::Hours(1));
  for (const Connection& connection : {busy, quiet, mute}) ranking.Add(connection, kNow);
  EXPECT_EQ(Ids(ranking), (Strings{"mute", "quiet", "busy"}));
}

TEST(TopViewTest, LinesThatDoNotFitAreLeftOut) {
  EXPECT_EQ(Fit("a\nb\nc\n", 3), "a\nb\n");
  EXPECT_EQ(Fit("a\nb\nc\n", 24), "a\nb\nc\n");
  EXPECT_EQ(Fit("a\nb\nc\n", 0), "");
}

}  // namespace
}  // namespace drawbridge::ctl
