// Interrupts of clients that do not read: what happens to the messages that are queued for them.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMessageBytes = 16 * 1024;
constexpr milliseconds kShortGrace{300};

Flags WithQueueOf(size_t bytes) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = bytes;
  return flags;
}

// Sends whole messages and reads no echo, until at least five echoes are queued in the gateway.
size_t SendUntilStuck(RunningServer& server, Client& client) {
  Flood flood(client, kMessageBytes);
  EXPECT_TRUE(WaitUntil([&] {
    flood.Push();
    return server.Get(client.id()).send_queue_messages() >= 5;
  }));
  flood.FinishMessage();
  EXPECT_TRUE(WaitUntil([&] { return server.Get(client.id()).received_messages() == flood.messages(); }));
  return flood.messages();
}

// Reads echoes up to the close frame and answers it.
size_t CountEchoesUpToClose(Client& client, ServerFrame* close) {
  size_t echoes = 0;
  for (*close = client.ReadFrame(); close->opcode == kOpText; *close = client.ReadFrame()) {
    EXPECT_EQ(close->payload.size(), kMessageBytes);
    ++echoes;
  }
  EXPECT_EQ(close->opcode, kOpClose);
  client.SendClose(close->code());
  return echoes;
}

TEST(InterruptPendingTest, ClientThatNeverReadsWithFullBuffersOnBothSides) {
  for (const bool drop_pending : {false, true}) {
    constexpr size_t kQueueBytes = 64 * 1024;
    RunningServer server(WithQueueOf(kQueueBytes));
    Client client = server.Open(SmallBuffers());
    Flood flood(client, kMessageBytes);
    ASSERT_TRUE(PushUntil(flood, [&] { return server.Get(client.id()).send_queue_bytes() > kQueueBytes; }));
    while (flood.Push()) {
    }

    auto request = InterruptOf(client.id(), kShortGrace);
    request.set_drop_pending(drop_pending);
    const InterruptReply reply = Interrupt(server, request);
    ASSERT_TRUE(reply.status.ok());
    EXPECT_EQ(reply.response.outcome(), control::v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
    const auto elapsed = DurationOf(reply.response.elapsed());
    RecordProperty("elapsed_ms", static_cast<int>(elapsed / milliseconds(1)));
    EXPECT_GE(elapsed, kShortGrace);
    EXPECT_LE(elapsed, kShortGrace + milliseconds(250 + 1000));
    EXPECT_GT(reply.response.dropped_messages(), 0u);
    EXPECT_EQ(reply.response.connection().send_queue_messages(), 0u);
    EXPECT_EQ(reply.response.connection().close().sent_code(), 0u) << "it never left the gateway";
    EXPECT_FALSE(reply.response.connection().close().clean());
    client.DrainToEnd();
  }
}

TEST(InterruptPendingTest, CloseFrameComesBehindThePendingMessages) {
  RunningServer server(WithQueueOf(64 << 20));
  Client client = server.Open(SmallBuffers());
  const size_t sent = SendUntilStuck(server, client);
  auto interrupted = StartInterrupt(server, InterruptOf(client.id()));
  server.WaitUntilClosing(client.id());

  ServerFrame close;
  EXPECT_EQ(CountEchoesUpToClose(client, &close), sent);
  EXPECT_EQ(close.code(), 1008);
  const InterruptReply reply = interrupted.get();
  ASSERT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.outcome(), control::v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_EQ(reply.response.dropped_messages(), 0u);
}

TEST(InterruptPendingTest, DropPendingLetsTheCloseFrameOvertakeAndCountsWhatWasDropped) {
  RunningServer server(WithQueueOf(64 << 20));
  Client client = server.Open(SmallBuffers());
  const size_t sent = SendUntilStuck(server, client);
  auto request = InterruptOf(client.id());
  request.set_drop_pending(true);
  auto interrupted = StartInterrupt(server, request);
  server.WaitUntilClosing(client.id());
  // The client may read only after the queue was dropped. Reading earlier would let the gateway write more of
  // it.
  ASSERT_TRUE(WaitUntil([&] { return server.Get(client.id()).send_queue_messages() <= 1; }));

  ServerFrame close;
  const size_t echoes = CountEchoesUpToClose(client, &close);
  EXPECT_EQ(close.code(), 1008);
  const InterruptReply reply = interrupted.get();
  ASSERT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.outcome(), control::v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_GE(reply.response.dropped_messages(), 4u);
  EXPECT_EQ(echoes + reply.response.dropped_messages(), sent);
}

TEST(InterruptPendingTest, ClientsOwnCloseStandsWhenItsAnswerIsStuckBehindMessages) {
  RunningServer server(WithQueueOf(64 << 20));
  Client client = server.Open(SmallBuffers());
  const size_t sent = SendUntilStuck(server, client);
  client.SendClose(4321, "enough");
  server.WaitUntilClosing(client.id());
  auto interrupted = StartInterrupt(server, InterruptOf(client.id()));

  size_t echoes = 0;
  ServerFrame frame = client.ReadFrame();
  for (; frame.opcode == kOpText; frame = client.ReadFrame()) ++echoes;
  EXPECT_EQ(frame.code(), 4321);
  EXPECT_EQ(echoes, sent);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  const InterruptReply reply = interrupted.get();
  ASSERT_TRUE(reply.status.ok());
  EXPECT_TRUE(reply.response.joined());
  EXPECT_EQ(reply.response.connection().close().initiator(), control::v1::CLOSE_INITIATOR_CLIENT);
  EXPECT_EQ(reply.response.connection().close().cause(), "client_closed");
  EXPECT_TRUE(reply.response.connection().close().clean());
}

}  // namespace
}  // namespace drawbridge
