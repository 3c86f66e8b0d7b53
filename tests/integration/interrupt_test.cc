// Interrupts of clients in every state, each over a real socket and a real channel.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <string>
#include <thread>

#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

using control::v1::Connection;
using control::v1::INTERRUPT_OUTCOME_CLOSED_ABORTED;
using control::v1::INTERRUPT_OUTCOME_CLOSED_CLEAN;
using control::v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT;
using std::chrono::milliseconds;

constexpr milliseconds kShortGrace{300};
// The time that the API allows beyond the grace, plus a reserve for a loaded test machine.
constexpr milliseconds kMargin{250};
constexpr milliseconds kNoise{1000};

class InterruptTest : public ::testing::Test {
 protected:
  bool IsListed(const std::string& id) {
    grpc::ClientContext context;
    control::v1::ListConnectionsResponse response;
    EXPECT_TRUE(server_.stub().ListConnections(&context, {}, &response).ok());
    for (const Connection& connection : response.connections()) {
      if (connection.connection_id() == id) return true;
    }
    return false;
  }

  // Checks what the response claims: the connection is closed and unlisted, with the right close cause.
  void ExpectGone(const InterruptReply& reply, control::v1::InterruptOutcome outcome) {
    ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
    const Connection& connection = reply.response.connection();
    EXPECT_FALSE(IsListed(connection.connection_id()));
    EXPECT_EQ(reply.response.outcome(), outcome);
    EXPECT_EQ(connection.state(), control::v1::CONNECTION_STATE_CLOSED);
    EXPECT_EQ(connection.close().initiator(), control::v1::CLOSE_INITIATOR_CONTROL);
    EXPECT_EQ(connection.close().cause(), "interrupted");
    EXPECT_EQ(connection.close().clean(), outcome == INTERRUPT_OUTCOME_CLOSED_CLEAN);
  }

  static void ExpectTookGrace(const InterruptReply& reply, milliseconds grace) {
    const auto elapsed = DurationOf(reply.response.elapsed());
    RecordProperty("elapsed_ms", static_cast<int>(elapsed / milliseconds(1)));
    EXPECT_GE(elapsed, grace);
    EXPECT_LE(elapsed, grace + kMargin + kNoise);
  }

  // Waits until the gateway has read something from the client.
  void WaitUntilHeard(const Client& client) {
    ASSERT_TRUE(WaitUntil([&] { return server_.Get(client.id()).has_last_receive_time(); }));
  }

  RunningServer server_;
};

TEST_F(InterruptTest, IdleClientIsClosedWithTheCodeAndReasonAskedFor) {
  Client client = server_.Open();
  auto request = InterruptOf(client.id());
  request.set_code(4001);
  request.set_reason("maintenance");
  auto reply = StartInterrupt(server_, request);

  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 4001);
  EXPECT_EQ(close.reason(), "maintenance");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const InterruptReply gone = reply.get();
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_FALSE(gone.response.joined());
  EXPECT_EQ(gone.response.connection().close().sent_code(), 4001u);
  EXPECT_EQ(gone.response.connection().close().sent_reason(), "maintenance");
  EXPECT_EQ(gone.response.connection().close().received_code(), 4001u);
}

TEST_F(InterruptTest, SaysInterruptedWith1008WhenNotTold) {
  Client client = server_.Open();
  auto reply = StartInterrupt(server_, InterruptOf(client.id()));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "interrupted");
  ExpectGone(reply.get(), INTERRUPT_OUTCOME_CLOSED_CLEAN);
}

// Regression test. The grace is longer than the test, so the answer ends the closing and not the timeout.
TEST_F(InterruptTest, AForbiddenCodeForAnAnswerWasATimeoutWithoutAReceivedCode) {
  for (const int code : {1005, 999}) {
    Client client = server_.Open();
    auto reply = StartInterrupt(server_, InterruptOf(client.id()));
    EXPECT_EQ(client.ReadClose().code(), 1008);
    client.SendClose(code);
    const InterruptReply gone = reply.get();
    ExpectGone(gone, control::v1::INTERRUPT_OUTCOME_CLOSED_REJECTED);
    const control::v1::Close close = server_.Get(client.id()).close();
    EXPECT_EQ(close.outcome(), control::v1::CLOSE_OUTCOME_REJECTED);
    EXPECT_EQ(close.sent_code(), 1008u);
    EXPECT_EQ(close.received_code(), static_cast<uint32_t>(code));
  }
}

TEST_F(InterruptTest, AClientThatRefusedTheCodeCountedAsClean) {
  Client client = server_.Open();
  auto request = InterruptOf(client.id());
  request.set_code(1012);
  auto reply = StartInterrupt(server_, request);
  EXPECT_EQ(client.ReadClose().code(), 1012);
  client.SendClose(1002, "Invalid close code");
  const InterruptReply gone = reply.get();
  ExpectGone(gone, control::v1::INTERRUPT_OUTCOME_CLOSED_REJECTED);
  EXPECT_EQ(gone.response.connection().close().received_code(), 1002u);
  EXPECT_EQ(gone.response.connection().close().received_reason(), "Invalid close code");
}

TEST_F(InterruptTest, ClientInTheMiddleOfAFrameMayFinishItUnheard) {
  Client client = server_.Open();
  const std::string frame = Encode({.payload = "half of this is on its way"});
  client.Send(frame.substr(0, 11));
  WaitUntilHeard(client);
  auto reply = StartInterrupt(server_, InterruptOf(client.id()));

  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.code(), 1008);
  client.Send(frame.substr(11));
  client.SendClose(1008);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const InterruptReply gone = reply.get();
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_EQ(gone.response.connection().received_messages(), 0u);
}

TEST_F(InterruptTest, ClientStuckInTheMiddleOfAFrameIsCutWhenTheGraceEnds) {
  Client client = server_.Open();
  client.Send(Encode({.payload = "half of this never comes"}).substr(0, 11));
  WaitUntilHeard(client);
  const InterruptReply gone = Interrupt(server_, InterruptOf(client.id(), kShortGrace));
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  ExpectTookGrace(gone, kShortGrace);
  EXPECT_EQ(client.ReadClose().code(), 1008);
}

TEST_F(InterruptTest, ClientInTheMiddleOfAFragmentedMessage) {
  Client client = server_.Open();
  client.SendFrame({.opcode = kOpText, .payload = "to be ", .fin = false});
  WaitUntilHeard(client);
  auto reply = StartInterrupt(server_, InterruptOf(client.id()));

  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1008);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const InterruptReply gone = reply.get();
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_EQ(gone.response.connection().received_messages(), 0u);
}

TEST_F(InterruptTest, HalfClosedClientIsDisconnectedAlready) {
  Client client = server_.Open();
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const Connection gone = server_.GetWhenClosed(client.id());
  EXPECT_EQ(gone.close().initiator(), control::v1::CLOSE_INITIATOR_NETWORK);
  EXPECT_EQ(gone.close().cause(), "disconnected");

  const InterruptReply reply = Interrupt(server_, InterruptOf(client.id()));
  ASSERT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.outcome(), control::v1::INTERRUPT_OUTCOME_ALREADY_CLOSED);
  EXPECT_TRUE(reply.response.joined());
  EXPECT_EQ(reply.response.connection().close().cause(), "disconnected");
}

TEST_F(InterruptTest, ClientThatHalfClosesInsteadOfAnswering) {
  Client client = server_.Open();
  auto reply = StartInterrupt(server_, InterruptOf(client.id()));
  EXPECT_EQ(client.ReadClose().code(), 1008);
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const InterruptReply gone = reply.get();
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_ABORTED);
  EXPECT_EQ(gone.response.connection().close().sent_code(), 1008u);
  EXPECT_EQ(gone.response.connection().close().received_code(), 0u);
}

TEST_F(InterruptTest, ClientThatNeverAnswersIsCutWhenTheGraceEnds) {
  Client client = server_.Open();
  const InterruptReply gone = Interrupt(server_, InterruptOf(client.id(), kShortGrace));
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  ExpectTookGrace(gone, kShortGrace);
  EXPECT_EQ(gone.response.connection().close().sent_code(), 1008u);
  EXPECT_EQ(gone.response.connection().close().received_code(), 0u);
  EXPECT_EQ(client.ReadClose().code(), 1008);
  client.DrainToEnd();
}

TEST_F(InterruptTest, ClientThatTalksOnAndNeverAnswersIsCutAllTheSame) {
  Client client = server_.Open();
  auto reply = StartInterrupt(server_, InterruptOf(client.id(), kShortGrace));
  EXPECT_EQ(client.ReadClose().code(), 1008);
  try {
    while (reply.wait_for(milliseconds(1)) != std::future_status::ready)
      client.SendText("did you say something?");
  } catch (const std::exception& error) {
    SUCCEED() << "the socket is closed, as it must be: " << error.what();
  }
  const InterruptReply gone = reply.get();
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  ExpectTookGrace(gone, kShortGrace);
  EXPECT_EQ(gone.response.connection().received_messages(), 0u);
}

TEST_F(InterruptTest, CloseFramesThatCrossAreOneCloseAndEveryCallerIsAnswered) {
  Client client = server_.Open();
  auto first = StartInterrupt(server_, InterruptOf(client.id()));
  client.WaitReadable();  // the gateway's close frame has arrived, unread
  auto second = StartInterrupt(server_, InterruptOf(client.id()));
  client.SendClose(4444, "bye");

  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile) << "one close frame";
  const InterruptReply gone = first.get();
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_FALSE(gone.response.joined());
  EXPECT_EQ(gone.response.connection().close().sent_code(), 1008u);
  EXPECT_EQ(gone.response.connection().close().received_code(), 4444u);
  EXPECT_EQ(gone.response.connection().close().received_reason(), "bye");
  // The second call came during the closing or right after it.
  const InterruptReply joined = second.get();
  ASSERT_TRUE(joined.status.ok());
  EXPECT_TRUE(joined.response.joined());
  EXPECT_EQ(joined.response.connection().close().initiator(), control::v1::CLOSE_INITIATOR_CONTROL);
  EXPECT_EQ(joined.response.connection().close().sent_code(), 1008u);
  EXPECT_EQ(joined.response.connection().close().received_code(), 4444u);
}

TEST_F(InterruptTest, AbortResetsTheTcpConnection) {
  Client client = server_.Open();
  auto request = InterruptOf(client.id());
  request.set_abort(true);
  const InterruptReply gone = Interrupt(server_, request);
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_ABORTED);
  EXPECT_EQ(gone.response.connection().close().sent_code(), 0u);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kReset);
}

TEST_F(InterruptTest, ClientThatResetsInsteadOfAnswering) {
  Client client = server_.Open();
  auto reply = StartInterrupt(server_, InterruptOf(client.id()));
  EXPECT_EQ(client.ReadClose().code(), 1008);
  client.Reset();
  ExpectGone(reply.get(), INTERRUPT_OUTCOME_CLOSED_ABORTED);
}

TEST_F(InterruptTest, ClientInTheMiddleOfItsOpeningIsNotListedYet) {
  Client client = Client::Dial(server_.address());
  const std::string request = client.UpgradeRequest();
  client.Send(request.substr(0, request.size() / 2));
  // The gateway serves this client after it has read the half request of the first.
  Client other = server_.Open();
  other.Echo("hello");
  grpc::ClientContext context;
  control::v1::ListConnectionsResponse list;
  ASSERT_TRUE(server_.stub().ListConnections(&context, {}, &list).ok());
  ASSERT_EQ(list.connections_size(), 1);
  EXPECT_EQ(list.connections(0).connection_id(), other.id());

  client.Send(request.substr(request.size() / 2));
  EXPECT_EQ(client.ReadResponse().status, 101);
  auto reply = StartInterrupt(server_, InterruptOf(client.id()));
  client.ReadCloseAndAnswer();
  ExpectGone(reply.get(), INTERRUPT_OUTCOME_CLOSED_CLEAN);
}

TEST_F(InterruptTest, ClientThatNeverReadItsUpgrade) {
  Client client = Client::Dial(server_.address());
  client.Send(client.UpgradeRequest());
  client.WaitReadable();
  grpc::ClientContext context;
  control::v1::ListConnectionsResponse list;
  ASSERT_TRUE(server_.stub().ListConnections(&context, {}, &list).ok());
  ASSERT_EQ(list.connections_size(), 1);

  const std::string id = list.connections(0).connection_id();
  const InterruptReply gone = Interrupt(server_, InterruptOf(id, kShortGrace));
  ExpectGone(gone, INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  ExpectTookGrace(gone, kShortGrace);
  EXPECT_EQ(client.ReadResponse().headers.at("x-connection-id"), id);
  EXPECT_EQ(client.ReadClose().code(), 1008);
}

TEST_F(InterruptTest, NeighboursEchoAllThrough) {
  Client neighbour = server_.Open();
  std::atomic<bool> stop = false;
  std::string trouble;
  uint64_t echoes = 0;
  std::thread echoing([&] {
    try {
      for (; !stop; ++echoes) neighbour.Echo("echo " + std::to_string(echoes));
    } catch (const std::exception& error) {
      trouble = error.what();
    }
  });
  for (int i = 0; i < 20; ++i) {
    Client polite = server_.Open();
    Client silent = server_.Open();
    Client aborted = server_.Open();
    auto abort = InterruptOf(aborted.id());
    abort.set_abort(true);
    auto clean = StartInterrupt(server_, InterruptOf(polite.id()));
    auto timeout = StartInterrupt(server_, InterruptOf(silent.id(), milliseconds(0)));
    ExpectGone(Interrupt(server_, abort), INTERRUPT_OUTCOME_CLOSED_ABORTED);
    polite.ReadCloseAndAnswer();
    ExpectGone(clean.get(), INTERRUPT_OUTCOME_CLOSED_CLEAN);
    ExpectGone(timeout.get(), INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  }
  stop = true;
  echoing.join();
  EXPECT_EQ(trouble, "");
  EXPECT_GT(echoes, 0u);
  const Connection after = server_.Get(neighbour.id());
  EXPECT_EQ(after.state(), control::v1::CONNECTION_STATE_OPEN);
  EXPECT_EQ(after.received_messages(), echoes);
  EXPECT_EQ(after.sent_messages(), echoes);
}

}  // namespace
}  // namespace drawbridge
