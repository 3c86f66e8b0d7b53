// Close requests during a closing: they can only shorten it.
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/handlers/handler.h"
#include "tests/gateway/closing/unanswered.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

CloseRequest Abort() {
  CloseRequest request(CloseCause::kShutdown);
  request.reason = "second";
  request.abort = true;
  return request;
}

void ExpectFirstRequest(const Connection& connection) {
  EXPECT_EQ(connection.close_request()->cause, CloseCause::kInterrupted);
  EXPECT_EQ(connection.close_request()->code, 1008);
  EXPECT_EQ(connection.close_request()->reason, "first");
}

class ShorteningTest : public UnansweredTest {
 protected:
  void ExpectEnd(CloseOutcome outcome) {
    UnansweredTest::ExpectEnd(outcome);
    ExpectFirstRequest(*connection_);
  }
};

TEST_F(ShorteningTest, AnAbortEndsAClosingThatWaitsForItsPeer) {
  BeginClosing(seconds(20));
  EXPECT_FALSE(connection_->Interrupt(Abort()));
  EXPECT_EQ(client_.ReadEnd(), Client::Ending::kReset);
  ExpectEnd(CloseOutcome::kAborted);
  EXPECT_EQ(connection_->close_result()->sent_code, 1008);
}

TEST_F(ShorteningTest, AShorterGraceCountsFromItsRequest) {
  BeginClosing(seconds(20));
  running_.Advance(seconds(3));
  EXPECT_FALSE(connection_->Interrupt(Graceful(seconds(4), "second")));
  LetItLook();
  running_.Advance(seconds(3));
  LetItLook();
  EXPECT_FALSE(ended());
  running_.Advance(seconds(2));
  ExpectEnd(CloseOutcome::kTimeout);
}

TEST_F(ShorteningTest, ALongerGraceChangesNothing) {
  BeginClosing(seconds(4));
  EXPECT_FALSE(connection_->Interrupt(Graceful(seconds(60), "second")));
  LetItLook();
  running_.Advance(seconds(5));
  ExpectEnd(CloseOutcome::kTimeout);
}

// The later grace is shorter than the first, but longer than the time that remains.
TEST_F(ShorteningTest, TheEarlierDeadlineStandsWhereTheLaterGraceEndsBehindIt) {
  BeginClosing(seconds(20));
  running_.Advance(seconds(18));
  LetItLook();
  EXPECT_FALSE(connection_->Interrupt(Graceful(seconds(10), "second")));
  LetItLook();
  running_.Advance(seconds(3));
  ExpectEnd(CloseOutcome::kTimeout);
}

TEST_F(ShorteningTest, NoGraceAtAllEndsItAtOnce) {
  BeginClosing(seconds(20));
  EXPECT_FALSE(connection_->Interrupt(Graceful(seconds(0), "second")));
  LetItLook();
  running_.Advance(seconds(1));
  ExpectEnd(CloseOutcome::kTimeout);
}

TEST_F(ShorteningTest, AnAnswerBehindALaterRequestIsCleanAllTheSame) {
  BeginClosing(seconds(20));
  EXPECT_FALSE(connection_->Interrupt(Graceful(seconds(10), "second")));
  client_.SendClose(1008);
  ExpectEnd(CloseOutcome::kClean);
  EXPECT_EQ(client_.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(ShorteningTest, NothingChangesBehindTheEnd) {
  BeginClosing(seconds(20));
  client_.SendClose(1008);
  ExpectEnd(CloseOutcome::kClean);
  EXPECT_FALSE(connection_->Interrupt(Abort()));
  EXPECT_FALSE(connection_->close_request()->abort);
  EXPECT_EQ(connection_->close_request()->grace, seconds(20));
  EXPECT_EQ(client_.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST_F(ShorteningTest, TheClientsOwnCloseFrameDoesNotShortenTheGrace) {
  FillTheKernel();
  EXPECT_TRUE(connection_->Interrupt(Graceful(seconds(60))));
  LetItLook();
  client_.SendClose(1000);
  LetItLook();
  running_.Advance(kDefaultGrace + seconds(1));
  LetItLook();
  EXPECT_FALSE(ended());
  running_.Advance(seconds(60));
  ExpectEnd(CloseOutcome::kTimeout);
  EXPECT_EQ(connection_->close_result()->received_code, 1000);
}

TEST_F(ShorteningTest, ALaterDropPendingLetsTheCloseFrameOvertake) {
  FillTheKernel();
  EXPECT_TRUE(connection_->Interrupt(Graceful(seconds(60))));
  LetItLook();
  CloseRequest drop = Graceful(seconds(60), "second");
  drop.drop_pending = true;
  EXPECT_FALSE(connection_->Interrupt(drop));
  LetItLook();
  ServerFrame frame = client_.ReadFrame();
  while (frame.opcode != kOpClose) frame = client_.ReadFrame();
  EXPECT_EQ(frame.payload.substr(2), "first");
  client_.SendClose(1008);
  ExpectEnd(CloseOutcome::kClean);
  EXPECT_GT(connection_->close_result()->dropped_messages, 0u);
}

// Makes both requests before the session acts on the first.
class InterruptsTwice : public Handler {
 public:
  void OnMessage(Connection& connection, const Message& message, Replier& replier) override {
    if (message.payload != "end me") return replier.Reply(message);
    EXPECT_TRUE(connection.Interrupt(Graceful(seconds(20))));
    EXPECT_FALSE(connection.Interrupt(Abort()));
  }
};

TEST(ShorteningRaceTest, AnAbortOvertakesTheCloseFrame) {
  InterruptsTwice handler;
  RunningGateway running({}, &handler);
  Client client = running.Open();
  const auto connection = running.Find(client);
  client.SendText("end me");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kReset) << "and no close frame before it";
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInterrupted);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kAborted);
  EXPECT_EQ(connection->close_result()->sent_code, 0);
  ExpectFirstRequest(*connection);
}

TEST(ShorteningRaceTest, RequestsOfManyThreadsEndItOnceAndInTime) {
  constexpr int kThreads = 4;
  RunningGateway running;
  for (int round = 0; round < 100; ++round) {
    Client client = running.Open();
    const auto connection = running.Find(client);
    EXPECT_TRUE(connection->Interrupt(Graceful(seconds(60))));
    std::latch start(kThreads + 1);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        EXPECT_FALSE(connection->Interrupt(i == 0 ? Abort() : Graceful(seconds(i), "later")));
      });
    }
    start.arrive_and_wait();
    try {
      client.SendClose(1000);
    } catch (const std::runtime_error&) {
      EXPECT_NE(connection->state(), ConnectionState::kOpen) << "only the abort keeps it from being sent";
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInterrupted);
    ExpectFirstRequest(*connection);
    const CloseOutcome outcome = connection->close_result()->outcome;
    ASSERT_TRUE(outcome == CloseOutcome::kClean || outcome == CloseOutcome::kAborted) << round;
  }
}

}  // namespace
}  // namespace drawbridge
