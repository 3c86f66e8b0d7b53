// The gateway does not read from a client while too much is queued for it. Data that the gateway has already
// received, and that no socket event announces, is processed when the queue is empty again, also if the queue
// holds messages of other threads only.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/outbox.h"
#include "gateway/handlers/handler.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr size_t kBound = 64 * 1024;
constexpr size_t kSmall = 4 * 1024;
constexpr size_t kLarge = 48 * 1024;  // there is no room for two

SendStatus Send(Connection& connection, size_t size, Receipt receipt = {}) {
  return connection.Send(
      {MessageType::kText, std::make_shared<const std::string>(size, 'x'), std::move(receipt)});
}

// Returns when the gateway, which has one I/O thread, has written everything that was sent before.
void LetItSend(Connection& witness) {
  const auto written = std::make_shared<std::promise<void>>();
  ASSERT_EQ(Send(witness, 1, Receipt([written](bool) { written->set_value(); })), SendStatus::kQueued);
  ASSERT_EQ(written->get_future().wait_until(Soon()), std::future_status::ready);
}

// Sends until the kernel accepts no more for a client that does not read, so that some data stays in the send
// queue. Returns the number of messages sent.
size_t FillTheKernel(Connection& connection, Connection& witness) {
  size_t sent = 0;
  while (connection.traffic().send_queue_bytes.Get() == 0) {
    EXPECT_EQ(Send(connection, kSmall), SendStatus::kQueued);
    ++sent;
    LetItSend(witness);
  }
  return sent;
}

// Fills the outbox. Call it after FillTheKernel, so that none of these messages leaves. Returns their number.
size_t FillTheOutbox(Connection& connection) {
  size_t sent = 0;
  while (Send(connection, kLarge) == SendStatus::kQueued) ++sent;
  return sent;
}

// Counts and answers messages. While it handles the first one, it fills the outbox of the connection.
class OutboxFiller : public Handler {
 public:
  void OnMessage(Connection& connection, const Message&, Replier& replier) override {
    if (handled == 0) filled = FillTheOutbox(connection);
    ++handled;
    replier.Reply({MessageType::kText, "handled"});
  }

  std::atomic<size_t> handled = 0;
  std::atomic<size_t> filled = 0;
};

TEST(StallTest, WhatWaitsForItsTurnIsHandledOnceTheOutboxIsEmpty) {
  OutboxFiller handler;
  RunningGateway running({.session = {.send_queue_bytes = kBound,
                                      .send_stall_timeout = hours(1),
                                      .ping_interval = seconds(0),
                                      .deflate = DeflateOptions{.min_bytes = size_t{1} << 30}}},
                         &handler);
  const Client other = running.Open();
  const auto witness = running.Find(other);
  Client client =
      running.Open({.receive_buffer = 4096, .headers = {"Sec-WebSocket-Extensions: permessage-deflate"}});
  const auto connection = running.Find(client);
  const size_t before = FillTheKernel(*connection, *witness);

  // Each message takes more than one turn, and all arrive in one read.
  constexpr size_t kMessages = 20;
  const std::string bomb = Deflated(std::string(300 * 1024, 'a'));
  std::string bytes;
  for (size_t i = 0; i < kMessages; ++i) bytes += Encode({.payload = bomb, .rsv = 4});
  client.Send(bytes);
  ASSERT_TRUE(WaitUntil([&] { return handler.filled > 0; }));
  for (int i = 0; i < 10; ++i) LetItSend(*witness);
  EXPECT_LT(handler.handled, kMessages) << "the rest waits";
  EXPECT_EQ(handler.filled, 1u);

  size_t pushed = 0;
  for (size_t answers = 0; answers < kMessages;) {
    if (client.ReadFrame().payload == "handled") {
      ++answers;
    } else {
      ++pushed;
    }
  }
  EXPECT_EQ(pushed, before + handler.filled);
}

class Counter : public Handler {
 public:
  void OnMessage(Connection&, const Message&, Replier&) override { ++handled; }
  std::atomic<size_t> handled = 0;
};

TEST(StallTest, AnEndThatTlsHasReadAheadIsSeenOnceTheOutboxIsEmpty) {
  TestAuthority authority;
  const CredentialFiles files(authority.Issue("gateway.example"));
  ClientTls tls({.authority = authority.certificate()});
  Counter handler;
  RunningGateway running({.session = {.send_queue_bytes = kBound,
                                      .send_stall_timeout = hours(1000),
                                      .ping_interval = seconds(0),
                                      .rates = {.bytes_per_second = 10}},
                          .tls = {.certificate = files.certificate.path(), .key = files.key.path()}},
                         &handler);
  const Client other = running.Open({.tls = &tls});
  const auto witness = running.Find(other);
  Client client = running.Open({.receive_buffer = 4096, .tls = &tls});
  const auto connection = running.Find(client);
  const std::string message(100, 'm');

  // The first message uses up the rate limit. When the client is read again, both the second message and the
  // end are there. The second message is handled, which uses up the rate limit again before the end is
  // processed.
  client.SendText(message);
  ASSERT_TRUE(WaitUntil([&] { return handler.handled == 1; }));
  client.SendText(message);
  SSL_shutdown(client.ssl());
  LetItSend(*witness);
  EXPECT_EQ(handler.handled, 1u);
  running.Advance(seconds(15));
  ASSERT_TRUE(WaitUntil([&] { return handler.handled == 2; }));

  const size_t sent = FillTheKernel(*connection, *witness) + FillTheOutbox(*connection);
  LetItSend(*witness);
  // Its rate limit recovers while it is not read because of its full queue.
  Client debtor = running.Open({.tls = &tls});
  debtor.SendText(message);
  ASSERT_TRUE(WaitUntil([&] { return handler.handled == 3; }));
  debtor.SendText(message);
  running.Advance(hours(1));
  ASSERT_TRUE(WaitUntil([&] { return handler.handled == 4; }));
  LetItSend(*witness);
  EXPECT_EQ(connection->state(), ConnectionState::kOpen);

  for (size_t i = 0; i < sent; ++i) ASSERT_EQ(client.ReadFrame().opcode, kOpText);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kDisconnected);
}

}  // namespace
}  // namespace drawbridge
