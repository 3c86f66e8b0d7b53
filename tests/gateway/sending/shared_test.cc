// A message to many clients is in memory once, however many clients do not read, with and without TLS. It
// arrives whole and in order, wherever the kernel splits the writes.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr size_t kMegabyte = 1'000'000;

using Payload = std::shared_ptr<const std::string>;
Payload PayloadOf(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

SendStatus Send(Connection& connection, Payload payload) {
  return connection.Send({MessageType::kBinary, std::move(payload)});
}

// With and without TLS.
class SharedTest : public ::testing::TestWithParam<bool> {
 protected:
  void Start(size_t send_queue_bytes, std::optional<DeflateOptions> deflate = std::nullopt) {
    GatewayOptions options{.session = {.send_queue_bytes = send_queue_bytes,
                                       .send_stall_timeout = hours(1),
                                       .ping_interval = seconds(0),
                                       .deflate = deflate}};
    if (GetParam()) options.tls = {.certificate = files_.certificate.path(), .key = files_.key.path()};
    running_ = std::make_unique<RunningGateway>(options);
  }
  Client Open(Client::Options options = SmallBuffers()) {
    if (GetParam()) options.tls = &tls_;
    return running_->Open(options);
  }
  std::shared_ptr<Connection> Find(const Client& client) { return running_->Find(client); }
  // Returns when the gateway has processed everything that was sent before.
  void LetItLook() {
    Client witness = Open({});
    RunningGateway::LetItLook(witness);
  }

  // Opens clients that do not read, and sends `messages` copies of the payload to each.
  void Mute(size_t clients, const Payload& payload, int messages) {
    for (size_t i = 0; i < clients; ++i) {
      muted_.push_back(Open());
      connections_.push_back(Find(muted_.back()));
      for (int m = 0; m < messages; ++m) ASSERT_EQ(Send(*connections_.back(), payload), SendStatus::kQueued);
    }
    LetItLook();
  }
  // The number of messages that wait for all clients that do not read.
  size_t Waiting() const {
    size_t messages = 0;
    for (const auto& connection : connections_) messages += connection->traffic().send_queue_messages.Get();
    return messages;
  }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  ClientTls tls_{ClientTls::Options{.authority = authority_.certificate()}};
  std::unique_ptr<RunningGateway> running_;
  std::vector<Client> muted_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

INSTANTIATE_TEST_SUITE_P(Links, SharedTest, ::testing::Bool(),
                         [](const auto& param_info) { return param_info.param ? "Tls" : "Plain"; });

TEST_P(SharedTest, WhatManyClientsDoNotReadIsThereOnce) {
  Start(64 << 20);
  const Payload payload = PayloadOf(std::string(kMegabyte, 'x'));
  Mute(4, payload, 8);  // allocates the buffers of OpenSSL, of the thread and of the test first
  const size_t before = ResidentMemory();
  Mute(40, payload, 8);
  EXPECT_GE(Waiting(), 44u) << "the kernel takes a few";
  EXPECT_EQ(static_cast<size_t>(payload.use_count()), Waiting() + 1);
  // OpenSSL frees its buffers of each record.
  const size_t bound = before + (kReusesFreedMemory || !GetParam() ? 16 : 200) * kMegabyte;
  EXPECT_LT(ResidentMemory(), bound) << "copies would be over 250 MB";

  // A closing that waits until everything is read makes no copies, either.
  for (const auto& connection : connections_) connection->Interrupt(CloseRequest(CloseCause::kShutdown));
  LetItLook();
  EXPECT_EQ(static_cast<size_t>(payload.use_count()), Waiting() + 1);
  EXPECT_LT(ResidentMemory(), bound);
  for (int i = 0; i < 8; ++i) ASSERT_EQ(muted_[0].ReadFrame().payload, *payload);
  EXPECT_EQ(muted_[0].ReadCloseAndAnswer().code(), 1001);

  muted_.clear();
  EXPECT_TRUE(WaitUntil([&] { return payload.use_count() == 1; }));
}

TEST_P(SharedTest, SmallOnesThatGatherAreThereOnceToo) {
  Start(64 << 20);
  const Payload fill = PayloadOf(std::string(8 * kMegabyte, 'x'));
  const Payload small = PayloadOf(std::string(100, 's'));
  Mute(3, fill, 1);
  for (int i = 0; i < 1'000; ++i) {
    for (const auto& connection : connections_) ASSERT_EQ(Send(*connection, small), SendStatus::kQueued);
  }
  LetItLook();
  EXPECT_EQ(static_cast<size_t>(small.use_count()), 3'000u + 1);
  for (const auto& connection : connections_) connection->Interrupt(CloseRequest(CloseCause::kShutdown));
  LetItLook();
  EXPECT_EQ(static_cast<size_t>(small.use_count()), 3'000u + 1);
  EXPECT_EQ(muted_[0].ReadFrame().payload, *fill);
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(muted_[0].ReadFrame().payload, *small);
  EXPECT_EQ(muted_[0].ReadCloseAndAnswer().code(), 1001);
}

TEST_P(SharedTest, EverySizeArrivesInOrderBetweenEchoesAndPongs) {
  Start(512 * 1024);
  Client client = Open();
  const auto connection = Find(client);
  constexpr int kMessages = 600;
  std::mt19937 random(7);  // the same sizes each time
  std::vector<Payload> payloads;
  for (int i = 0; i < kMessages; ++i) {
    const size_t size = size_t{1} << random() % 18;
    payloads.push_back(PayloadOf(std::string(size + random() % size, static_cast<char>('a' + i % 26))));
  }
  std::thread sender([&] {
    for (const Payload& payload : payloads) {
      while (Send(*connection, payload) == SendStatus::kFull) std::this_thread::yield();
    }
  });
  int next = 0;
  int echoes = 0;
  int pongs = 0;
  for (int frames = 0; next < kMessages || echoes < 50 || pongs < 1; ++frames) {
    if (frames < 500 && frames % 10 == 0) {
      client.SendText("echo");
      client.SendFrame({.opcode = kOpPing, .payload = "ping"});
    }
    const ServerFrame frame = client.ReadFrame();
    if (frame.opcode == kOpPong) {
      ++pongs;
    } else if (frame.opcode == kOpText) {
      ++echoes;
    } else {
      ASSERT_LT(next, kMessages);
      ASSERT_TRUE(frame.payload == *payloads[static_cast<size_t>(next)]) << next;
      ++next;
    }
  }
  sender.join();
  for (const Payload& payload : payloads) {
    EXPECT_TRUE(WaitUntil([&] { return payload.use_count() == 1; }));
  }
  EXPECT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_bytes.Get() == 0; }));
  EXPECT_EQ(connection->traffic().send_queue_messages.Get(), 0u);
}

// Regression test: the last message exceeded the bound, and so did messages that were queued while another
// one was being written.
TEST_P(SharedTest, TheBoundOfAClientIsNeverPassed) {
  constexpr size_t kBound = 1 << 20;
  Start(kBound);
  Client client = Open();
  const auto connection = Find(client);
  std::atomic<bool> done = false;
  std::atomic<size_t> queued = 0;
  std::atomic<size_t> most = 0;
  std::vector<std::thread> senders;
  for (const size_t size : {size_t{300'000}, kMegabyte, size_t{7'000}}) {
    senders.emplace_back([&, payload = PayloadOf(std::string(size, 'x'))] {
      while (!done) {
        if (Send(*connection, payload) == SendStatus::kQueued) ++queued;
        const size_t bytes = connection->traffic().send_queue_bytes.Get();
        if (bytes > most) most = bytes;
        std::this_thread::yield();
      }
    });
  }
  for (int i = 0; i < 100; ++i) client.ReadFrame();
  done = true;
  for (std::thread& sender : senders) sender.join();
  EXPECT_LE(most, kBound);
  EXPECT_GT(most, kBound / 2);
  for (size_t i = 100; i < queued; ++i) client.ReadFrame();
  EXPECT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_bytes.Get() == 0; }));
}

TEST_P(SharedTest, DropPendingFinishesTheMessageThatHasBegunAndLetsGoOfTheRest) {
  Start(64 << 20);
  const Payload payload = PayloadOf(std::string(8 * kMegabyte, 'x'));
  Mute(1, payload, 5);
  const auto& connection = connections_.front();
  ASSERT_EQ(connection->traffic().send_queue_messages.Get(), 5u);
  CloseRequest request(CloseCause::kInterrupted);
  request.drop_pending = true;
  request.grace = kPatience;
  connection->Interrupt(request);
  EXPECT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_messages.Get() == 1; }));
  EXPECT_EQ(payload.use_count(), 2);
  EXPECT_TRUE(muted_[0].ReadFrame().payload == *payload);
  EXPECT_EQ(muted_[0].ReadClose().code(), 1008);
  muted_[0].SendClose(1008);
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInterrupted);
  EXPECT_EQ(connection->close_result()->dropped_messages, 4u);
  EXPECT_EQ(payload.use_count(), 1);
}

TEST_P(SharedTest, AResetLetsGoOfAllAndCountsIt) {
  Start(64 << 20);
  const Payload payload = PayloadOf(std::string(8 * kMegabyte, 'x'));
  Mute(1, payload, 5);
  muted_[0].Reset();
  EXPECT_EQ(RunningGateway::WaitForEnd(connections_[0]), CloseCause::kReset);
  EXPECT_EQ(connections_[0]->close_result()->dropped_messages, 5u);
  EXPECT_EQ(connections_[0]->traffic().send_queue_bytes.Get(), 0u);
  EXPECT_TRUE(WaitUntil([&] { return payload.use_count() == 1; }));
}

// A compressed message belongs to one client and is no larger than the original. An uncompressed one is
// shared.
TEST_P(SharedTest, ClientsThatCompressShareWhatIsNotCompressed) {
  Start(2 << 20, DeflateOptions{.min_bytes = 1024 * 1024});
  Client::Options options = SmallBuffers();
  options.headers = {"Sec-WebSocket-Extensions: permessage-deflate"};
  Client client = Open(options);
  const auto connection = Find(client);
  const Payload plain = PayloadOf(std::string(kMegabyte, 'p'));
  const Payload compressed = PayloadOf(std::string((1 << 20) + 1, 'c'));
  const auto send = [&](const Payload& payload) {
    EXPECT_TRUE(WaitUntil([&] { return Send(*connection, payload) == SendStatus::kQueued; }));
    LetItLook();
  };
  size_t plains = 0;
  while (connection->traffic().send_queue_messages.Get() == 0) {
    send(plain);
    ++plains;
  }
  EXPECT_EQ(plain.use_count(), 2) << "stuck, and referred to";
  for (size_t i = 0; i < plains; ++i) ASSERT_TRUE(client.ReadFrame().payload == *plain);
  send(compressed);
  EXPECT_EQ(compressed.use_count(), 1);
  const ServerFrame frame = client.ReadFrame();
  EXPECT_EQ(frame.rsv, 4);
  EXPECT_LT(frame.payload.size(), 10'000u);
  EXPECT_EQ(RawInflater().Inflate(frame.payload), *compressed);
}

// A client whose queue has no room for a message for too long is too slow, even if the queue is below its
// bound. The gateway reads nothing from it meanwhile.
TEST(RoomTest, WhoHasNoRoomForAMessageForTooLongIsTooSlow) {
  RunningGateway running({.session = {.ping_interval = seconds(0)}});
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const Payload payload = PayloadOf(std::string(kMegabyte, 'x'));
  int refused = 0;
  EXPECT_TRUE(WaitUntil([&] {
    refused = Send(*connection, payload) == SendStatus::kFull ? refused + 1 : 0;
    return refused == 20;
  }));
  EXPECT_LT(connection->traffic().send_queue_bytes.Get(), size_t{1} << 20);
  running.Advance(seconds(11));
  EXPECT_TRUE(WaitUntil([&] { return connection->close_request().has_value(); }));
  running.Advance(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
}

TEST(RoomTest, WhoMakesRoomInTimeIsNotTooSlow) {
  RunningGateway running({.session = {.ping_interval = seconds(0)}});
  Client client = running.Open(SmallBuffers());
  const auto connection = running.Find(client);
  const Payload payload = PayloadOf(std::string(kMegabyte, 'x'));
  size_t queued = 0;
  EXPECT_TRUE(WaitUntil([&] {
    if (Send(*connection, payload) == SendStatus::kFull) return true;
    ++queued;
    return false;
  }));
  for (size_t i = 0; i < queued; ++i) ASSERT_EQ(client.ReadFrame().payload.size(), kMegabyte);
  client.Echo("and it is read");
  running.Advance(seconds(60));
  client.Echo("still there");
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);
}

}  // namespace
}  // namespace drawbridge
