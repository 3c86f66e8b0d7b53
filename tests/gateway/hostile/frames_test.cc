// Hostile frames: too large, endless, in single bytes, or invalid.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "gateway/connections/close.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

// The bytes that one wake-up may read beyond a bound.
constexpr size_t kOneRead = 64 * 1024;

GatewayOptions SmallQueue() {
  return {.session = {.send_queue_bytes = 16 * 1024, .ping_interval = seconds(0)}};
}

// A client that sends pings and does not read.
class PingFlood {
 public:
  explicit PingFlood(Client& client) : client_(client) {
    for (int i = 0; i < 1000; ++i) pings_ += Encode({.opcode = kOpPing, .payload = std::string(125, 'p')});
  }
  // Sends what the kernel accepts without blocking.
  void Push() {
    while (const size_t sent = client_.SendSome(std::string_view(pings_).substr(offset_))) {
      offset_ = (offset_ + sent) % pings_.size();
    }
  }

 private:
  Client& client_;
  std::string pings_;
  size_t offset_ = 0;
};

TEST(HostileFramesTest, WhoNeverReadsFillsABoundedQueueAndIsCutAsTooSlow) {
  RunningGateway running(SmallQueue());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const auto queued = [&] { return connection->traffic().send_queue_bytes.Get(); };
  Flood flood(client, 1000);
  ASSERT_TRUE(PushUntil(flood, [&] { return queued() > SmallQueue().session.send_queue_bytes; }));
  for (int i = 0; i < 1000; ++i) flood.Push();
  EXPECT_LE(queued(), SmallQueue().session.send_queue_bytes + 2 * kOneRead);
  running.Advance(seconds(11));
  EXPECT_TRUE(WaitUntil([&] { return connection->close_request().has_value(); }));
  running.Advance(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
  EXPECT_GT(connection->close_result()->dropped_messages, 0u);
}

// Data after a close frame is ignored (RFC 6455, section 5.5.1). Regression test: unread data made the kernel
// send a reset after the gateway's answer.
TEST(HostileFramesTest, DataBehindACloseFrameDoesNotLeadToAReset) {
  RunningGateway running;
  const std::string close = Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000)});
  const std::string more = Encode({.payload = std::string(300'000, 'x')});
  for (const std::string& bytes : {close + Encode({.payload = "more"}), close + more, close + close}) {
    Client client = running.Open();
    const auto connection = running.Find(client);
    client.Send(bytes);
    EXPECT_EQ(client.ReadClose().code(), 1000);
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
    client.SendText("later, still");
    client.ShutdownWrite();
    EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kClientClosed);
    EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
    EXPECT_EQ(connection->traffic().received_messages.Get(), 0u);
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile) << "and no reset behind it";
  }
}

TEST(HostileFramesTest, DataBehindTheAnswerToOurCloseFrameDoesNotLeadToAReset) {
  RunningGateway running;
  Client client = running.Open();
  const auto connection = running.Find(client);
  EXPECT_TRUE(connection->Interrupt(CloseRequest(CloseCause::kInterrupted)));
  EXPECT_EQ(client.ReadClose().code(), 1008);
  client.Send(Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1008)}) +
              Encode({.payload = std::string(300'000, 'x')}));
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  client.ShutdownWrite();
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInterrupted);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST(HostileFramesTest, AClientThatNeverStopsSendingBehindItsCloseFrameIsLeft) {
  RunningGateway running;
  Client client = running.Open();
  const auto connection = running.Find(client);
  client.SendClose(1000);
  EXPECT_EQ(client.ReadClose().code(), 1000);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  client.SendText("more");
  EXPECT_FALSE(connection->close_result().has_value()) << "its own end is awaited";
  running.Pass(std::chrono::milliseconds(250));
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kClientClosed);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
}

// Regression test: each queued pong replaced the one before, so the queue never exceeded its bound and the
// client was never closed.
TEST(HostileFramesTest, AFloodOfPingsWaitsAsOnePongAndIsTooSlow) {
  RunningGateway running(SmallQueue());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const auto queued = [&] { return connection->traffic().send_queue_bytes.Get(); };
  PingFlood flood(client);
  ASSERT_TRUE(WaitUntil([&] {
    flood.Push();
    return queued() > 0;
  }));
  for (int i = 0; i < 100; ++i) {
    flood.Push();
    EXPECT_LE(queued(), 1000u);
  }
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
  running.Pass(seconds(11));
  EXPECT_TRUE(WaitUntil([&] { return connection->close_request().has_value(); }));
  running.Pass(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
}

TEST(HostileFramesTest, AClientThatReadsItsPongsLateGoesOn) {
  RunningGateway running(SmallQueue());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  PingFlood flood(client);
  ASSERT_TRUE(WaitUntil([&] {
    flood.Push();
    return connection->traffic().send_queue_bytes.Get() > 0;
  }));
  running.Pass(seconds(9));
  std::thread reader([&] {
    while (client.ReadFrame().opcode == kOpPong) {
    }
  });
  ASSERT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_bytes.Get() == 0; }));
  running.Pass(seconds(9));
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
  EXPECT_TRUE(connection->Interrupt(CloseRequest(CloseCause::kInterrupted)));
  reader.join();
}

TEST(HostileFramesTest, AnAnnouncedLengthTakesNoMemory) {
  RunningGateway running({.session = {.max_message_bytes = 16 << 20}});
  const size_t before = ResidentMemory();
  // The header of a binary frame of 16 MiB without its payload.
  const std::string header("\x82\xff\0\0\0\0\x01\0\0\0abcd", 14);
  std::vector<Client> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(running.Open());
    clients.back().Send(header + "beginning");
  }
  RunningGateway::LetItLook(*std::make_unique<Client>(running.Open()));
  EXPECT_LT(ResidentMemory(), before + (size_t{32} << 20));
}

TEST(HostileFramesTest, ALengthOverTheLimitIsRefusedBeforeItsPayload) {
  RunningGateway running({.session = {.max_message_bytes = 1000}});
  for (const std::string& header : {std::string("\x82\xfe\x03\xe9"
                                                "abcd",
                                                8),
                                    std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
                                                "abcd",
                                                14)}) {
    Client client = running.Open();
    client.Send(header);
    EXPECT_EQ(client.ReadClose().code(), 1009);
  }
}

TEST(HostileFramesTest, FragmentsWithoutEndAreRefusedAtTheLimit) {
  RunningGateway running({.session = {.max_message_bytes = 64 * 1024}});
  Client client = running.Open();
  const std::string payload(1024, 'x');
  client.SendFrame({.opcode = kOpBinary, .payload = payload, .fin = false});
  for (int i = 1; i < 64; ++i) {
    client.SendFrame({.opcode = kOpContinuation, .payload = payload, .fin = false});
  }
  client.SendFrame({.opcode = kOpPing, .payload = "not yet"});
  EXPECT_EQ(client.ReadFrame().payload, "not yet");
  client.SendFrame({.opcode = kOpContinuation, .payload = "x", .fin = false});
  EXPECT_EQ(client.ReadClose().code(), 1009);
}

TEST(HostileFramesTest, EmptyFragmentsWithoutEndTakeNoMemory) {
  RunningGateway running;
  Client client = running.Open();
  client.SendFrame({.payload = "", .fin = false});
  std::string fragments;
  for (int i = 0; i < 1000; ++i) {
    fragments += Encode({.opcode = kOpContinuation, .payload = "", .fin = false});
  }
  const size_t before = ResidentMemory();
  for (int i = 0; i < 300; ++i) client.Send(fragments);
  client.SendFrame({.opcode = kOpContinuation, .payload = "end"});
  EXPECT_EQ(client.ReadFrame().payload, "end");
  EXPECT_LT(ResidentMemory(), before + (size_t{8} << 20));
}

TEST(HostileFramesTest, OneByteMessagesByTheMillionComeBackInOrder) {
  RunningGateway running;
  Client client = running.Open();
  const auto byte = [](int i) { return std::string(1, static_cast<char>('a' + i % 26)); };
  constexpr int kBatch = 1000;
  std::string batch;
  for (int i = 0; i < kBatch; ++i) batch += Encode({.payload = byte(i)});
  for (int sent = 0; sent < 1'000'000; sent += kBatch) {
    client.Send(batch);
    for (int i = 0; i < kBatch; ++i) ASSERT_EQ(client.ReadFrame().payload, byte(i));
  }
}

TEST(HostileFramesTest, AMessageOfAMillionFragmentsIsJoinedInItsOwnMemory) {
  RunningGateway running;
  Client client = running.Open();
  constexpr int kFragments = 1'000'000;
  client.SendFrame({.opcode = kOpBinary, .payload = "x", .fin = false});
  std::string fragments;
  for (int i = 0; i < 1000; ++i) {
    fragments += Encode({.opcode = kOpContinuation, .payload = "x", .fin = false});
  }
  const size_t before = ResidentMemory();
  for (int i = 0; i < kFragments / 1000; ++i) client.Send(fragments);
  client.SendFrame({.opcode = kOpPing});
  EXPECT_EQ(client.ReadFrame().opcode, kOpPong);
  EXPECT_LT(ResidentMemory(), before + (size_t{8} << 20));
  client.SendFrame({.opcode = kOpContinuation, .payload = "x"});
  EXPECT_EQ(client.ReadFrame().payload, std::string(kFragments + 2, 'x'));
}

// A client that breaks the protocol gets a close frame and has a grace to end the connection.
TEST(HostileFramesTest, WhoDoesNotHangUpBehindAFailureIsCutWhenTheGraceEnds) {
  RunningGateway running({.session = {.ping_interval = seconds(0)}});
  Client witness = running.Open();
  Client client = running.Open();
  const auto connection = running.Find(client);
  client.SendFrame({.opcode = kOpContinuation, .payload = "x"});
  EXPECT_EQ(client.ReadClose().code(), 1002);
  for (int i = 0; i < 100; ++i) client.SendText("never looked at");
  RunningGateway::LetItLook(witness);
  EXPECT_FALSE(connection->close_result().has_value());
  running.Advance(kDefaultGrace + seconds(1));
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kProtocolError);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kTimeout);
  EXPECT_EQ(connection->traffic().received_messages.Get(), 0u);
}

TEST(HostileFramesTest, TextSplitInsideACharacterIsJudgedAsOne) {
  RunningGateway running;
  Client good = running.Open();
  good.SendFrame({.payload = "\xe2\x82", .fin = false});
  good.SendFrame({.opcode = kOpContinuation, .payload = "\xac"});
  EXPECT_EQ(good.ReadFrame().payload, "\xe2\x82\xac");
  for (const std::string rest : {"A", "", "\xe2\x82\xac", "\xff"}) {
    Client bad = running.Open();
    bad.SendFrame({.payload = "\xe2\x82", .fin = false});
    bad.SendFrame({.opcode = kOpContinuation, .payload = rest});
    EXPECT_EQ(bad.ReadClose().code(), 1007) << rest;
  }
}

TEST(HostileFramesTest, ForbiddenCloseCodesAreProtocolErrors) {
  RunningGateway running;
  for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    Client client = running.Open();
    client.SendClose(code);
    EXPECT_EQ(client.ReadClose().code(), 1002) << code;
  }
  Client half = running.Open();
  half.SendFrame({.opcode = kOpClose, .payload = "\x03"});
  EXPECT_EQ(half.ReadClose().code(), 1002);
  Client bad_reason = running.Open();
  bad_reason.SendClose(1000, "\xff");
  EXPECT_EQ(bad_reason.ReadClose().code(), 1007);
}

}  // namespace
}  // namespace drawbridge
