// Connection::Send to real clients: messages arrive in order and whole, queues are bounded, and receipts are
// correct.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

constexpr size_t kBound = 256 * 1024;
constexpr size_t kMessageBytes = 16 * 1024;

GatewayOptions WithBound() { return {.session = {.send_queue_bytes = kBound, .ping_interval = seconds(0)}}; }

using Payload = std::shared_ptr<const std::string>;
Payload PayloadOf(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

SendStatus Send(Connection& connection, Payload payload, Receipt receipt = {}) {
  return connection.Send({MessageType::kText, std::move(payload), std::move(receipt)});
}

// A receipt and the result that it will report.
struct Asked {
  std::shared_ptr<std::promise<bool>> promise = std::make_shared<std::promise<bool>>();
  std::future<bool> written = promise->get_future();
  Receipt receipt() {
    return Receipt([promise = promise](bool is_written) { promise->set_value(is_written); });
  }
};

Receipt NoReceipt() { return Receipt(); }

// Queues messages until one is refused; returns how many.
size_t QueueUntilFull(Connection& connection, const std::function<Receipt()>& receipt = NoReceipt) {
  static const Payload payload = PayloadOf(std::string(kMessageBytes, 'x'));
  for (size_t queued = 0;; ++queued) {
    OutboundMessage message{MessageType::kText, payload, receipt()};
    if (connection.Send(std::move(message)) == SendStatus::kQueued) continue;
    message.receipt.Forget();  // NOLINT(bugprone-use-after-move): moved only if queued
    return queued;
  }
}

// The same until the kernel's buffers of a client that does not read are full, too.
size_t FillUp(Connection& connection, const std::function<Receipt()>& receipt = NoReceipt) {
  size_t queued = 0;
  int idle = 0;
  EXPECT_TRUE(WaitUntil([&] {
    const size_t more = QueueUntilFull(connection, receipt);
    queued += more;
    idle = more == 0 ? idle + 1 : 0;
    return idle == 20;
  }));
  return queued;
}

TEST(SendTest, AMessageArrivesAsItIs) {
  RunningGateway running(WithBound());
  Client client = running.Open();
  const auto connection = running.Find(client);
  EXPECT_EQ(Send(*connection, PayloadOf("hello")), SendStatus::kQueued);
  EXPECT_EQ(connection->Send({MessageType::kBinary, PayloadOf(std::string(70'000, '\x01'))}),
            SendStatus::kQueued);
  const ServerFrame text = client.ReadFrame();
  EXPECT_EQ(text.opcode, kOpText);
  EXPECT_EQ(text.payload, "hello");
  const ServerFrame binary = client.ReadFrame();
  EXPECT_EQ(binary.opcode, kOpBinary);
  EXPECT_EQ(binary.payload, std::string(70'000, '\x01'));
  EXPECT_TRUE(WaitUntil([&] { return connection->traffic().sent_messages.Get() == 2; }));
  EXPECT_EQ(connection->traffic().sent_bytes.Get(), 70'005u);
  EXPECT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_bytes.Get() == 0; }));
}

TEST(SendTest, ThreadsKeepTheirOrderAndNothingIsLostBetweenEchoes) {
  RunningGateway running(WithBound());
  Client client = running.Open();
  const auto connection = running.Find(client);
  constexpr int kThreads = 4;
  constexpr int kMessages = 500;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&connection, thread] {
      for (int i = 0; i < kMessages; ++i) {
        const Payload payload = PayloadOf(std::to_string(thread) + ":" + std::to_string(i));
        while (Send(*connection, payload) == SendStatus::kFull) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next(kThreads, 0);
  int echoes = 0;
  for (int i = 0; i < kThreads * kMessages + kMessages; ++i) {
    if (i < kMessages) client.SendText("echo");
    const std::string payload = client.ReadFrame().payload;
    if (payload == "echo") {
      ++echoes;
      continue;
    }
    const auto thread = static_cast<size_t>(payload[0] - '0');
    ASSERT_EQ(payload, std::to_string(thread) + ":" + std::to_string(next[thread])) << "out of order";
    ++next[thread];
  }
  EXPECT_EQ(echoes, kMessages);
  EXPECT_EQ(next, std::vector<int>(kThreads, kMessages));
  for (std::thread& thread : threads) thread.join();
}

TEST(SendTest, TheReceiptTellsWhenTheKernelHasTheMessage) {
  RunningGateway running(WithBound());
  Client client = running.Open();
  Asked asked;
  EXPECT_EQ(Send(*running.Find(client), PayloadOf("hello"), asked.receipt()), SendStatus::kQueued);
  ASSERT_EQ(asked.written.wait_until(Soon()), std::future_status::ready);
  EXPECT_TRUE(asked.written.get());
  EXPECT_EQ(client.ReadFrame().payload, "hello");
}

TEST(SendTest, ReceiptsBehindAFullBufferTellWhenTheClientHasReadOn) {
  RunningGateway running(WithBound());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  std::atomic<size_t> written = 0;
  const size_t queued =
      FillUp(*connection, [&] { return Receipt([&](bool is_written) { written += is_written ? 1 : 0; }); });
  EXPECT_LE(written, queued - kBound / (kMessageBytes + 1024)) << "those that wait are not written";
  for (size_t i = 0; i < queued; ++i) ASSERT_EQ(client.ReadFrame().payload.size(), kMessageBytes);
  EXPECT_TRUE(WaitUntil([&] { return written == queued; }));
}

TEST(SendTest, AFullQueueRefusesStaysBoundedAndIsCutAsTooSlow) {
  RunningGateway running(WithBound());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const size_t queued = FillUp(*connection);
  EXPECT_GE(queued, kBound / (17 * 1024));
  EXPECT_GT(connection->traffic().send_queue_bytes.Get(), kBound - 17 * 1024);
  EXPECT_LE(connection->traffic().send_queue_bytes.Get(), kBound);

  // The kernel may have accepted a little more meanwhile.
  EXPECT_TRUE(WaitUntil([&] {
    QueueUntilFull(*connection);
    running.Advance(seconds(1));
    return connection->close_request().has_value();
  }));
  running.Advance(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
  EXPECT_GT(connection->close_result()->dropped_messages, 0u);
  EXPECT_EQ(Send(*connection, PayloadOf("late")), SendStatus::kClosing);
}

TEST(SendTest, WhoReadsOnAfterAFullQueueIsServedAndRead) {
  RunningGateway running(WithBound());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const size_t queued = FillUp(*connection);
  client.SendText("are you there?");
  for (size_t i = 0; i < queued; ++i) ASSERT_EQ(client.ReadFrame().payload.size(), kMessageBytes);
  EXPECT_EQ(client.ReadFrame().payload, "are you there?");
  running.Advance(seconds(11));
  client.Echo("still there");
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
}

TEST(SendTest, AnInterruptFlushesWhatWasQueuedBeforeIt) {
  RunningGateway running(WithBound());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const size_t queued = FillUp(*connection);
  connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
  for (size_t i = 0; i < queued; ++i) ASSERT_EQ(client.ReadFrame().payload.size(), kMessageBytes);
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1008);
  ASSERT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInterrupted);
  EXPECT_EQ(connection->close_result()->dropped_messages, 0u);
}

TEST(SendTest, DropPendingDropsWhatIsQueuedCountsItAndTellsTheReceipts) {
  RunningGateway running(WithBound());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  std::atomic<size_t> written = 0;
  std::atomic<size_t> unwritten = 0;
  const size_t queued = FillUp(
      *connection, [&] { return Receipt([&](bool is_written) { ++(is_written ? written : unwritten); }); });
  CloseRequest request(CloseCause::kInterrupted);
  request.drop_pending = true;
  connection->Interrupt(request);
  // The client may read only after the queue was dropped. Reading earlier would let the gateway write more of
  // it.
  ASSERT_TRUE(WaitUntil([&] { return unwritten > 0; }));
  size_t arrived = 0;
  ServerFrame frame = client.ReadFrame();
  for (; frame.opcode == kOpText; frame = client.ReadFrame()) ++arrived;
  EXPECT_EQ(frame.code(), 1008);
  client.SendClose(1008);
  ASSERT_TRUE(RunningGateway::WaitForEnd(connection).has_value());
  EXPECT_EQ(written, arrived);
  EXPECT_EQ(unwritten, connection->close_result()->dropped_messages);
  EXPECT_EQ(written + unwritten, queued);
}

TEST(SendTest, AResetTellsTheReceiptsOfAllThatWaits) {
  RunningGateway running(WithBound());
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  std::atomic<size_t> unwritten = 0;
  FillUp(*connection, [&] { return Receipt([&](bool is_written) { unwritten += is_written ? 0 : 1; }); });
  client.Reset();
  ASSERT_TRUE(RunningGateway::WaitForEnd(connection).has_value());
  EXPECT_EQ(connection->traffic().send_queue_bytes.Get(), 0u);
  EXPECT_GE(connection->close_result()->dropped_messages, 1u);
  EXPECT_EQ(unwritten, connection->close_result()->dropped_messages);
  EXPECT_EQ(Send(*connection, PayloadOf("late")), SendStatus::kClosing);
}

// Sends, interrupts and disconnects at the same time: for ThreadSanitizer, and to check that all counts
// return to zero.
TEST(SendTest, SendingToClientsThatComeAndGoLeavesNothingBehind) {
  RunningGateway running(WithBound());
  std::atomic<bool> done = false;
  std::atomic<size_t> told = 0;
  std::atomic<size_t> asked = 0;
  std::vector<std::thread> senders;
  senders.reserve(3);
  for (int i = 0; i < 3; ++i) {
    senders.emplace_back([&] {
      while (!done) {
        for (const auto& connection : running.gateway().registry().Page(0, 100)) {
          ++asked;
          OutboundMessage message{MessageType::kText, PayloadOf("push"), Receipt([&told](bool) { ++told; })};
          (void)connection->Send(std::move(message));
        }
      }
    });
  }
  for (int round = 0; round < 100; ++round) {
    Client client = running.Open();
    EXPECT_EQ(client.ReadFrame().payload, "push");
    if (round % 3 == 0) client.Reset();
    if (round % 3 == 1) running.Find(client)->Interrupt(CloseRequest(CloseCause::kInterrupted));
  }
  done = true;
  for (std::thread& sender : senders) sender.join();
  EXPECT_TRUE(WaitUntil([&] {
    const auto all = running.gateway().registry().Page(0, 1000);
    for (const auto& connection : all) connection->Interrupt(CloseRequest(CloseCause::kShutdown));
    return all.empty();
  }));
  EXPECT_TRUE(WaitUntil([&] { return told == asked; })) << told << " of " << asked;
}

}  // namespace
}  // namespace drawbridge
