// What a thread counts, and when other threads see it.
#include "gateway/connections/thread_counters.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace drawbridge {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

Totals TotalsOf(const ThreadCounters& counters) {
  Totals totals;
  counters.AddTo(&totals);
  return totals;
}

TEST(ThreadCountersTest, MessagesAreSeenOncePublished) {
  ThreadCounters counters;
  counters.Received(10);
  counters.Sent(20);
  EXPECT_EQ(TotalsOf(counters).received_bytes, 0u);
  counters.Publish();
  counters.Sent(5);
  const Totals totals = TotalsOf(counters);
  EXPECT_EQ(totals.received_bytes, 10u);
  EXPECT_EQ(totals.sent_messages, 1u);
  EXPECT_EQ(totals.sent_bytes, 20u);
}

TEST(ThreadCountersTest, MessagesAreCountedByTheirWidth) {
  const auto index = [](size_t bytes) {
    ThreadCounters counters;
    counters.Received(bytes);
    counters.Publish();
    const Totals totals = TotalsOf(counters);
    for (size_t i = 0; i < kMessageSizes; ++i) {
      if (totals.received_messages[i] == 1) return i;
    }
    return kMessageSizes;
  };
  EXPECT_EQ(index(0), 0u);
  EXPECT_EQ(index(1), 0u);
  EXPECT_EQ(index(2), 1u);
  EXPECT_EQ(index(3), 1u);
  EXPECT_EQ(index(4), 2u);
  EXPECT_EQ(index(1023), 9u);
  EXPECT_EQ(index(1024), 10u);
  EXPECT_EQ(index(size_t{1} << 30), 30u);
  EXPECT_EQ(index(0xffffffff), 31u);
}

TEST(ThreadCountersTest, ThreadsAddUp) {
  ThreadCounters a;
  ThreadCounters b;
  a.Closed(CloseCause::kIdle, 1001);
  b.Closed(CloseCause::kIdle, 1001);
  b.Closed(CloseCause::kReset, 0);
  a.Handshake(HandshakeResult::kFull);
  b.Handshake(TlsHandshake::kTls13);
  a.SendQueueChanged(0, 100);
  a.SendQueueChanged(100, 30);
  b.SendQueueChanged(0, 5);
  a.round_trips().Observe(milliseconds(3));
  b.round_trips().Observe(milliseconds(4));
  Totals totals;
  a.AddTo(&totals);
  b.AddTo(&totals);
  EXPECT_EQ(totals.closed[static_cast<size_t>(CloseCause::kIdle)][1], 2u);
  EXPECT_EQ(totals.closed[static_cast<size_t>(CloseCause::kReset)][6], 1u);
  EXPECT_EQ(totals.handshakes[static_cast<size_t>(HandshakeResult::kFull)], 1u);
  EXPECT_EQ(totals.tls_handshakes[static_cast<size_t>(TlsHandshake::kTls13)], 1u);
  EXPECT_EQ(totals.send_queue_bytes, 35u);
  EXPECT_EQ(totals.round_trips.total, milliseconds(7));
}

TEST(ThreadCountersTest, NoClientMakesUpANameOfACode) {
  for (int code = 0; code <= 0xffff; ++code) {
    ASSERT_LT(CloseCodeIndex(static_cast<uint16_t>(code)), kCloseCodes) << code;
  }
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(0)), "1006");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(1000)), "1000");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(1015)), "1015");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(1016)), "other");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(2999)), "other");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(3000)), "3xxx");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(4999)), "4xxx");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(5000)), "other");
  EXPECT_EQ(CloseCodeWord(CloseCodeIndex(999)), "other");
}

TEST(ThreadCountersTest, EveryResultHasAWord) {
  ASSERT_EQ(HandshakeResultWords().size(), kHandshakeResults);
  EXPECT_EQ(HandshakeResultWords()[static_cast<size_t>(HandshakeResult::kAccepted)], "accepted");
  EXPECT_EQ(HandshakeResultWords()[static_cast<size_t>(HandshakeResult::kDisconnected)], "disconnected");
}

TEST(DurationHistogramTest, CountsUnderTheFirstBoundThatIsNotShorter) {
  DurationHistogram histogram;
  histogram.Observe(nanoseconds(-5));
  histogram.Observe(microseconds(50));
  histogram.Observe(microseconds(50) + nanoseconds(1));
  histogram.Observe(seconds(60));
  histogram.Observe(seconds(61));
  DurationHistogram::Sum sum;
  histogram.AddTo(&sum);
  EXPECT_EQ(sum.counts.front(), 2u);
  EXPECT_EQ(sum.counts[1], 1u);
  EXPECT_EQ(sum.counts[DurationHistogram::kBounds.size() - 1], 1u);
  EXPECT_EQ(sum.counts.back(), 1u);
  EXPECT_EQ(sum.total, seconds(121) + microseconds(100) + nanoseconds(1));
}

}  // namespace
}  // namespace drawbridge
