// Clients that send faster than the rate limits allow are read later, and lose no data.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "gateway/connections/close.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

GatewayOptions With(const RateLimits& rates) {
  return {.session = {.ping_interval = seconds(0), .rates = rates}};
}

// A client that has used its byte rate for the next `kDebt` seconds by one large message.
constexpr int kDebt = 40;
constexpr int kBytesPerSecond = 10;
Client Indebted(RunningGateway& running) {
  Client client = running.Open();
  // With its header of 8 bytes, the message uses the first second's allowance and the debt. One read takes
  // all of it.
  client.Echo(std::string(kBytesPerSecond * (kDebt + 1) - 8, 'x'));
  return client;
}

class RatesTest : public ::testing::Test {
 protected:
  uint64_t Received(const Client& client) { return running_.Find(client)->traffic().received_messages.Get(); }

  // Opens a new client for each call, since that one is not throttled.
  void LetItLook() {
    Client witness = running_.Open();
    witness.Echo("?");
    witness.Echo("!");
  }

  explicit RatesTest(const RateLimits& rates = {.bytes_per_second = kBytesPerSecond})
      : running_(With(rates)) {}

  RunningGateway running_;
};

class MessageRatesTest : public RatesTest {
 protected:
  MessageRatesTest() : RatesTest({.messages_per_second = 5}) {}
};

TEST_F(MessageRatesTest, MessagesOverTheRateAreReadLater) {
  Client client = running_.Open();
  for (int i = 0; i < 6; ++i) client.Echo("now");  // five at once, and one in advance
  client.SendText("later");
  LetItLook();
  EXPECT_EQ(Received(client), 6u);
  running_.Advance(std::chrono::milliseconds(199));
  LetItLook();
  EXPECT_EQ(Received(client), 6u);
  running_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(client.ReadFrame().payload, "later");
}

TEST_F(RatesTest, BytesOverTheRateAreReadWhenTheDebtIsPaid) {
  Client client = Indebted(running_);
  client.SendText("later");
  running_.Advance(seconds(kDebt - 1));
  LetItLook();
  EXPECT_EQ(Received(client), 1u);
  running_.Advance(seconds(1));
  EXPECT_EQ(client.ReadFrame().payload, "later");
}

TEST_F(RatesTest, WhatCameWithTheUpgradeCounts) {
  Client client = running_.Dial();
  const std::string early(84, 'x');
  client.Send(client.UpgradeRequest() + Encode({.payload = early}));
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadFrame().payload, early);
  client.SendText("later");
  LetItLook();
  EXPECT_EQ(Received(client), 1u);
  running_.Advance(seconds(8));
  EXPECT_EQ(client.ReadFrame().payload, "later");
}

TEST_F(RatesTest, APausedClientIsInterruptedAtOnce) {
  Client client = Indebted(running_);
  const auto connection = running_.Find(client);
  client.SendText("never");
  CloseRequest request(CloseCause::kInterrupted);
  request.code = 4001;
  EXPECT_TRUE(connection->Interrupt(request));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 4001);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInterrupted);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
  EXPECT_EQ(connection->traffic().received_messages.Get(), 1u);
}

TEST_F(RatesTest, APausedClientThatResetsIsGoneAtOnceAndWhatItSentIsNotRead) {
  Client client = Indebted(running_);
  const auto connection = running_.Find(client);
  for (int i = 0; i < 100; ++i) client.SendText("never");
  client.Reset();
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kReset);
  EXPECT_EQ(connection->traffic().received_messages.Get(), 1u);
}

TEST_F(MessageRatesTest, TheRateHoldsOverTimeAndNothingIsLost) {
  Client client = running_.Open();
  constexpr int kMessages = 40;
  for (int i = 0; i < kMessages; ++i) client.SendText(std::to_string(i));
  int steps = 0;
  for (int i = 0; i < kMessages; ++i) {
    while (Received(client) <= static_cast<uint64_t>(i)) {
      running_.Advance(seconds(1));
      ++steps;
      (void)WaitUntil([&] { return Received(client) > static_cast<uint64_t>(i); },
                      std::chrono::steady_clock::now() + std::chrono::milliseconds(300));
    }
    EXPECT_EQ(client.ReadFrame().payload, std::to_string(i));
  }
  EXPECT_LE(steps, kMessages / 5);
}

TEST(RatesAndDeadlinesTest, APausedClientIsNotBlamedForItsPong) {
  GatewayOptions options = With({.bytes_per_second = kBytesPerSecond});
  options.session.ping_interval = seconds(5);
  options.session.pong_timeout = seconds(2);
  RunningGateway running(options);
  Client client = Indebted(running);
  const auto connection = running.Find(client);
  running.Advance(seconds(6));
  const ServerFrame ping = client.ReadFrame();
  ASSERT_EQ(ping.opcode, kOpPing);
  for (int i = 0; i < 5; ++i) {
    Client witness = running.Open();
    running.Advance(seconds(6));
    EXPECT_EQ(witness.ReadFrame().opcode, kOpPing);  // deadlines were checked
    witness.Echo("!");
  }
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
  // The client answers. The gateway reads the pong when the debt is paid.
  client.SendFrame({.opcode = kOpPong, .payload = ping.payload});
  running.Advance(seconds(kDebt - 6 - 5 * 6));
  EXPECT_TRUE(WaitUntil([&] { return connection->traffic().round_trip_nanoseconds.Get() > 0; }));
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
}

TEST(RatesAndDeadlinesTest, WhoDoesNotAnswerWhenItIsReadAgainIsGone) {
  GatewayOptions options = With({.bytes_per_second = kBytesPerSecond});
  options.session.ping_interval = seconds(5);
  options.session.pong_timeout = seconds(2);
  RunningGateway running(options);
  Client client = Indebted(running);
  const auto connection = running.Find(client);
  running.Advance(seconds(6));
  EXPECT_EQ(client.ReadFrame().opcode, kOpPing);
  std::optional<CloseCause> cause;
  EXPECT_TRUE(WaitUntil([&] {
    running.Advance(seconds(1));
    if (connection->close_result().has_value()) cause = connection->close_request()->cause;
    return cause.has_value();
  }));
  EXPECT_EQ(cause, CloseCause::kNoPong);
}

TEST(RatesAndDeadlinesTest, APausedClientIsNotIdle) {
  GatewayOptions options = With({.bytes_per_second = kBytesPerSecond});
  options.session.idle_timeout = seconds(3);
  RunningGateway running(options);
  Client client = Indebted(running);
  for (int i = 0; i < kDebt / 4; ++i) {
    Client witness = running.Open();
    running.Advance(seconds(4));
    EXPECT_EQ(witness.ReadClose().code(), 1001);  // deadlines were checked
  }
  client.Echo("still here");
  running.Advance(seconds(6));
  EXPECT_EQ(client.ReadClose().code(), 1001);
}

}  // namespace
}  // namespace drawbridge
