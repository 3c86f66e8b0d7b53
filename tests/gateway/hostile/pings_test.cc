// Which clients a ping detects as gone, and which it must keep.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Pings every 5 s and waits 2 s for any data from the client.
GatewayOptions Pinging() {
  return {.session = {
              .send_stall_timeout = seconds(10), .ping_interval = seconds(5), .pong_timeout = seconds(2)}};
}

GatewayOptions PingingOrByKeepalive() {
  GatewayOptions options = Pinging();
  options.session.keepalive_proves_life = true;
  return options;
}

void Send(Connection& connection, size_t size) {
  ASSERT_EQ(connection.Send({MessageType::kText, std::make_shared<const std::string>(size, 'x'), {}}),
            SendStatus::kQueued);
}

// Sends `bytes` and waits until the gateway has read some of them.
void SendAndBeRead(Client& client, const Connection& connection, const std::string& bytes) {
  const SteadyTime before = connection.traffic().last_receive_time.load();
  client.Send(bytes);
  ASSERT_TRUE(WaitUntil([&] { return connection.traffic().last_receive_time.load() > before; }));
}

// What a client sends after a ping: all at once, or one part after each ping.
class SignOfLifeTest : public ::testing::TestWithParam<std::string> {};

TEST_P(SignOfLifeTest, KeepsAClient) {
  RunningGateway running(Pinging());
  Client client = running.Open();
  Client silent = running.Open();
  const auto connection = running.Find(client);
  const auto gone = running.Find(silent);
  const size_t piece = (GetParam().size() + 2) / 3;
  for (size_t i = 0; i < 3; ++i) {
    running.Pass(seconds(5));
    running.Pass(milliseconds(100));
    SendAndBeRead(client, *connection, GetParam().substr(i * piece, piece));
    running.Pass(seconds(2));
    EXPECT_EQ(connection->state(), ConnectionState::kOpen) << "ping " << i;
    EXPECT_NE(gone->state(), ConnectionState::kOpen) << "the silent one";
  }
  EXPECT_EQ(connection->traffic().round_trip_nanoseconds.Get(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Pings, SignOfLifeTest,
                         ::testing::Values(Encode({.opcode = kOpPong}) + Encode({.opcode = kOpPong}) +
                                               Encode({.opcode = kOpPong}),
                                           Encode({.opcode = kOpPong, .payload = "of nobody's ping"}),
                                           Encode({.payload = "one long message in pieces"}),
                                           Encode({.opcode = kOpPing, .payload = "a ping of its own"})));

TEST(PingsTest, ASilentClientIsToldWhyItIsLeft) {
  RunningGateway running(Pinging());
  Client client = running.Open();
  const auto connection = running.Find(client);
  running.Pass(seconds(5));
  EXPECT_EQ(client.ReadFrame().opcode, kOpPing);
  running.Pass(seconds(2));
  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.code(), 1001);
  EXPECT_EQ(close.reason(), "no pong");
  EXPECT_EQ(connection->state(), ConnectionState::kClosing);
  running.Pass(seconds(1));
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kNoPong);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kTimeout);
  EXPECT_EQ(connection->close_result()->sent_code, 1001);
  EXPECT_EQ(connection->close_result()->received_code, 0);
}

TEST(PingsTest, AClientThatWakesUpInTimeForTheCloseFrameEndsCleanly) {
  RunningGateway running(Pinging());
  Client client = running.Open();
  const auto connection = running.Find(client);
  running.Pass(seconds(5));
  EXPECT_EQ(client.ReadFrame().opcode, kOpPing);
  running.Pass(seconds(2));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1001);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kNoPong);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
}

// Regression test: the payload was the uptime of the host.
TEST(PingsTest, APayloadTellsNeitherTheTimeNorIsItTheSameForTwo) {
  RunningGateway running(Pinging());
  std::array clients = {running.Open(), running.Open()};
  std::set<std::string> payloads;
  const std::array times = {SteadyTime(std::chrono::hours(1)),
                            SteadyTime(std::chrono::hours(1)) + seconds(7)};
  for (const SteadyTime before : times) {
    running.Pass(seconds(5));
    for (Client& client : clients) {
      const ServerFrame ping = client.ReadFrame();
      ASSERT_EQ(ping.opcode, kOpPing);
      ASSERT_EQ(ping.payload.size(), 8u);
      payloads.insert(ping.payload);
      uint64_t word = 0;
      std::memcpy(&word, ping.payload.data(), sizeof(word));
      EXPECT_GT(word, static_cast<uint64_t>(std::chrono::nanoseconds(std::chrono::hours(2)).count()));
      client.SendFrame({.opcode = kOpPong, .payload = ping.payload});
      const auto connection = running.Find(client);
      ASSERT_TRUE(WaitUntil([&] { return connection->traffic().last_receive_time.load() > before; }));
    }
  }
  EXPECT_EQ(payloads.size(), 4u);
}

// The client reads a ping only after the data before it, long after the time limit for a pong.
TEST(PingsTest, AClientThatReadsSlowlyAndSteadilyStays) {
  RunningGateway running(Pinging());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  constexpr size_t kMessages = 9;
  for (size_t i = 0; i < kMessages; ++i) Send(*connection, 100'000);
  running.Pass(seconds(5));
  size_t messages = 0;
  while (client.ReadFrame().opcode == kOpText) {
    ++messages;
    running.Pass(seconds(4));
    ASSERT_EQ(connection->state(), ConnectionState::kOpen) << messages << " of them read";
  }
  EXPECT_EQ(messages, kMessages) << "then a ping";
  SendAndBeRead(client, *connection, Encode({.opcode = kOpPong}));
}

TEST(PingsTest, AClientThatStopsReadingIsFoundWhenNothingMoves) {
  RunningGateway running(Pinging());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  Send(*connection, 900'000);  // within the bound of the queue
  running.Pass(seconds(5));
  running.Pass(seconds(2));
  EXPECT_EQ(connection->state(), ConnectionState::kOpen) << "it may be reading";
  running.Pass(seconds(20));
  running.Pass(seconds(1));
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kNoPong);
}

// The data that it sends shows that it is alive, but it reads nothing.
TEST(PingsTest, AClientThatSendsAndNeverReadsIsTooSlow) {
  RunningGateway running(Pinging());
  Client witness = running.Open();
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  for (int stuck = 0; stuck < 20;) {
    stuck = connection->traffic().send_queue_bytes.Get() > 0 ? stuck + 1 : 0;
    if (stuck == 0) Send(*connection, 64 * 1024);
    RunningGateway::LetItLook(witness);
  }
  for (int i = 0; i < 10 && connection->state() == ConnectionState::kOpen; ++i) {
    client.SendFrame({.opcode = kOpPong});
    running.Pass(seconds(4));
  }
  running.Pass(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
}

TEST(PingsTest, AGoneHostIsNotWaitedForBehindMessages) {
  GatewayOptions options = Pinging();
  options.session.send_stall_timeout = std::chrono::hours(1);
  options.session.pong_timeout = milliseconds(500);
  RunningGateway running(options);
  Client client = running.Open();
  const auto connection = running.Find(client);
  client.Vanish();
  Send(*connection, 100);
  // The kernel does not use the test's clock. Each pass takes a tick or two of real time.
  for (int i = 0; i < 8; ++i) running.Pass(milliseconds(1));
  running.Pass(seconds(5));
  running.Pass(seconds(1));
  running.Pass(seconds(1));
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kNoPong);
}

TEST(KeepaliveTest, AClientThatNeverAnswersStaysWhileItsTcpLives) {
  RunningGateway running(PingingOrByKeepalive());
  Client client = running.Open();
  const auto connection = running.Find(client);
  for (int i = 0; i < 8; ++i) {
    running.Pass(seconds(8));
    ASSERT_EQ(connection->state(), ConnectionState::kOpen) << i;
  }
  EXPECT_EQ(client.ReadFrame().opcode, kOpPing);
  EXPECT_FALSE(client.HasInput()) << "one ping, and no more for it";
  client.Echo("still here");
  running.Pass(seconds(8));
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
}

TEST(KeepaliveTest, AClientThatHasAnsweredIsHeldToIt) {
  RunningGateway running(PingingOrByKeepalive());
  Client client = running.Open();
  const auto connection = running.Find(client);
  running.Pass(seconds(5));
  const ServerFrame ping = client.ReadFrame();
  running.Pass(milliseconds(100));
  SendAndBeRead(client, *connection, Encode({.opcode = kOpPong, .payload = ping.payload}));
  running.Pass(seconds(6));
  running.Pass(seconds(2));
  running.Pass(seconds(1));
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kNoPong);
}

TEST(KeepaliveTest, AGoneHostIsFound) {
  GatewayOptions options = PingingOrByKeepalive();
  options.session.ping_interval = seconds(1);
  options.session.pong_timeout = milliseconds(300);
  RunningGateway running(options);
  Client client = running.Open();
  const auto connection = running.Find(client);
  running.Pass(seconds(1));
  running.Pass(seconds(1));
  ASSERT_EQ(connection->state(), ConnectionState::kOpen);
  client.Vanish();
  // The kernel's keepalive probes use the real clock, after a second.
  ASSERT_TRUE(WaitUntil([&] {
    running.Pass(milliseconds(100));
    return connection->close_result().has_value();
  }));
  EXPECT_EQ(connection->close_request()->cause, CloseCause::kNoPong);
}

}  // namespace
}  // namespace drawbridge
