// Each fact of a connection reaches its own field of the API, and an unknown fact leaves its field unset.
#include "services/control/convert.h"

#include <atomic>
#include <chrono>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// The initial time of a ManualClock.
constexpr int64_t kEpoch = 1'700'000'000;

class ConvertTest : public ::testing::Test {
 protected:
  v1::Connection Described() const {
    v1::Connection described;
    Describe(connection_, "node-a", clock_, &described);
    return described;
  }

  ManualClock clock_;
  Connection connection_{ConnectionInfo{.sequence = 7,
                                        .id = "id",
                                        .remote_address = "10.0.0.1:5",
                                        .path = "/p",
                                        .subprotocol = "chat",
                                        .user_agent = "agent",
                                        .origin = "https://o",
                                        .tls = true,
                                        .create_time = clock_.Steady(),
                                        .create_wall_time = clock_.Wall()}};
};

TEST_F(ConvertTest, AnOpenConnection) {
  clock_.Advance(seconds(10));
  const v1::Connection described = Described();
  EXPECT_EQ(described.connection_id(), "id");
  EXPECT_EQ(described.node_id(), "node-a");
  EXPECT_EQ(described.state(), v1::CONNECTION_STATE_OPEN);
  EXPECT_EQ(described.remote_address(), "10.0.0.1:5");
  EXPECT_EQ(described.path(), "/p");
  EXPECT_EQ(described.subprotocol(), "chat");
  EXPECT_EQ(described.user_agent(), "agent");
  EXPECT_EQ(described.origin(), "https://o");
  EXPECT_TRUE(described.tls());
  EXPECT_EQ(described.create_time().seconds(), kEpoch);
  EXPECT_FALSE(described.has_last_receive_time()) << "nothing was received";
  EXPECT_FALSE(described.has_last_message_time()) << "no message came";
  EXPECT_FALSE(described.has_round_trip_time()) << "no ping was answered";
  EXPECT_FALSE(described.has_close());
  EXPECT_FALSE(described.has_expire_time());
}

TEST_F(ConvertTest, EachCounterHasItsField) {
  Connection::Traffic& traffic = connection_.traffic();
  traffic.received_messages.Set(1);
  traffic.received_bytes.Set(2);
  traffic.sent_messages.Set(3);
  traffic.sent_bytes.Set(4);
  traffic.send_queue_messages.Add(5);
  traffic.send_queue_bytes.Add(6);
  traffic.round_trip_nanoseconds.Set(1'000'000'007);
  clock_.Advance(milliseconds(1500));
  traffic.last_message_time = clock_.Steady() - milliseconds(250);
  traffic.last_receive_time = clock_.Steady();
  clock_.Advance(seconds(60));
  const v1::Connection described = Described();
  EXPECT_EQ(described.received_messages(), 1U);
  EXPECT_EQ(described.received_bytes(), 2U);
  EXPECT_EQ(described.sent_messages(), 3U);
  EXPECT_EQ(described.sent_bytes(), 4U);
  EXPECT_EQ(described.send_queue_messages(), 5U);
  EXPECT_EQ(described.send_queue_bytes(), 6U);
  EXPECT_EQ(described.round_trip_time().seconds(), 1);
  EXPECT_EQ(described.round_trip_time().nanos(), 7);
  EXPECT_EQ(described.last_receive_time().seconds(), kEpoch + 1);
  EXPECT_EQ(described.last_receive_time().nanos(), 500'000'000);
  EXPECT_EQ(described.last_message_time().seconds(), kEpoch + 1);
  EXPECT_EQ(described.last_message_time().nanos(), 250'000'000);
}

TEST_F(ConvertTest, AClosingConnectionSaysWhoBeganAndWhy) {
  CloseRequest request(CloseCause::kInterrupted);
  request.actor = "operator";
  connection_.Interrupt(request);
  const v1::Connection described = Described();
  EXPECT_EQ(described.state(), v1::CONNECTION_STATE_CLOSING);
  EXPECT_EQ(described.close().initiator(), v1::CLOSE_INITIATOR_CONTROL);
  EXPECT_EQ(described.close().cause(), "interrupted");
  EXPECT_EQ(described.close().actor(), "operator");
  EXPECT_FALSE(described.close().has_close_time());
  EXPECT_EQ(described.close().sent_code(), 0U);
}

TEST_F(ConvertTest, AClosingConnectionHadNoSentCodeThoughItsCloseFrameWasOut) {
  connection_.Interrupt(CloseRequest(CloseCause::kProtocolError));
  CloseResult so_far;
  so_far.sent_code = 1002;
  so_far.sent_reason = "reserved opcode";
  connection_.ShowClosing(so_far);
  const v1::Connection described = Described();
  EXPECT_EQ(described.state(), v1::CONNECTION_STATE_CLOSING);
  EXPECT_EQ(described.close().sent_code(), 1002U);
  EXPECT_EQ(described.close().sent_reason(), "reserved opcode");
  EXPECT_EQ(described.close().received_code(), 0U);
  EXPECT_EQ(described.close().outcome(), v1::CLOSE_OUTCOME_UNSPECIFIED);
  EXPECT_FALSE(described.close().has_close_time());
}

TEST_F(ConvertTest, AClosedConnectionSaysHowItEnded) {
  connection_.Interrupt(CloseRequest(CloseCause::kInterrupted));
  CloseResult result;
  result.outcome = CloseOutcome::kClean;
  result.sent_code = 1008;
  result.sent_reason = "sent";
  result.received_code = kNoStatusReceived;
  result.received_reason = "received";
  clock_.Advance(seconds(3));
  result.close_time = clock_.Steady();
  connection_.RecordEnd(result);
  const v1::Connection described = Described();
  EXPECT_EQ(described.state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(described.close().sent_code(), 1008U);
  EXPECT_EQ(described.close().sent_reason(), "sent");
  EXPECT_EQ(described.close().received_code(), 1005U);
  EXPECT_EQ(described.close().received_reason(), "received");
  EXPECT_TRUE(described.close().clean());
  EXPECT_EQ(described.close().outcome(), v1::CLOSE_OUTCOME_CLEAN);
  EXPECT_EQ(described.close().close_time().seconds(), kEpoch + 3);
}

TEST(ConvertOutcomeTest, EachOutcomeHasItsValueAndOneIsClean) {
  const ManualClock clock;
  const std::pair<CloseOutcome, v1::CloseOutcome> outcomes[] = {
      {CloseOutcome::kClean, v1::CLOSE_OUTCOME_CLEAN},
      {CloseOutcome::kTimeout, v1::CLOSE_OUTCOME_TIMEOUT},
      {CloseOutcome::kAborted, v1::CLOSE_OUTCOME_ABORTED},
      {CloseOutcome::kRejected, v1::CLOSE_OUTCOME_REJECTED}};
  static_assert(std::size(outcomes) == kCloseOutcomes);
  for (const auto& [outcome, expected] : outcomes) {
    Connection connection({});
    connection.Interrupt(CloseRequest(CloseCause::kInterrupted));
    CloseResult result;
    result.outcome = outcome;
    connection.RecordEnd(result);
    v1::Connection described;
    Describe(connection, "node-a", clock, &described);
    EXPECT_EQ(described.close().outcome(), expected);
    EXPECT_EQ(described.close().clean(), outcome == CloseOutcome::kClean);
  }
}

TEST(ConvertInitiatorTest, EachCauseHasItsInitiator) {
  const ManualClock clock;
  const auto initiator = [&](CloseCause cause) {
    Connection connection({});
    connection.Interrupt(CloseRequest(cause));
    v1::Connection described;
    Describe(connection, "node-a", clock, &described);
    return described.close().initiator();
  };
  EXPECT_EQ(initiator(CloseCause::kClientClosed), v1::CLOSE_INITIATOR_CLIENT);
  EXPECT_EQ(initiator(CloseCause::kInterrupted), v1::CLOSE_INITIATOR_CONTROL);
  EXPECT_EQ(initiator(CloseCause::kTooBig), v1::CLOSE_INITIATOR_GATEWAY);
  EXPECT_EQ(initiator(CloseCause::kShutdown), v1::CLOSE_INITIATOR_DRAIN);
  EXPECT_EQ(initiator(CloseCause::kReset), v1::CLOSE_INITIATOR_NETWORK);
}

// The state and the close come from one snapshot, also when they are read while the connection closes.
TEST(ConvertRaceTest, AnOpenConnectionNeverHasAClose) {
  const ManualClock clock;
  for (int round = 0; round < 2000; ++round) {
    Connection connection({});
    std::atomic<bool> begun = false;
    std::thread interrupter([&] {
      begun = true;
      connection.Interrupt(CloseRequest(CloseCause::kInterrupted));
    });
    while (!begun) std::this_thread::yield();
    v1::ConnectionState state;
    do {
      v1::Connection described;
      Describe(connection, "node-a", clock, &described);
      state = described.state();
      ASSERT_EQ(described.has_close(), state != v1::CONNECTION_STATE_OPEN) << "round " << round;
    } while (state == v1::CONNECTION_STATE_OPEN);
    interrupter.join();
  }
}

TEST(ConvertDurationTest, KeepsEveryNanosecond) {
  for (const nanoseconds duration :
       {nanoseconds(0), nanoseconds(1), nanoseconds(999'999'999), nanoseconds(seconds(1)),
        nanoseconds(seconds(86'400)) + nanoseconds(5), nanoseconds(-1'500'000'000)}) {
    const auto proto = ToProto(duration);
    EXPECT_EQ(seconds(proto.seconds()) + nanoseconds(proto.nanos()), duration);
    EXPECT_GE(int64_t{proto.nanos()} * duration.count(), 0) << "seconds and nanos must agree in sign";
  }
}

}  // namespace
}  // namespace drawbridge
