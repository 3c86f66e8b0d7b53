// Hostile and valid compressed messages (RFC 7692), against a running gateway.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/connections/close.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

constexpr size_t kMegabyte = 1 << 20;
constexpr char kOffer[] = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

GatewayOptions Deflating(const DeflateOptions& deflate = {}) {
  return {.session = {.ping_interval = seconds(0), .deflate = deflate}};
}

// A gateway whose echoes are not compressed, so that they are as large as an attacker can make them.
GatewayOptions Inflating() { return Deflating({.min_bytes = size_t{1} << 30}); }

Client::Options Offering(Client::Options options = {}) {
  options.headers.emplace_back(kOffer);
  return options;
}

std::string Compressed(std::string_view payload, int opcode = kOpText) {
  return Encode({.opcode = opcode, .payload = payload, .rsv = 4});
}

std::string Read(Client& client, RawInflater& inflater) {
  const ServerFrame frame = client.ReadFrame();
  return frame.rsv == 0 ? frame.payload : inflater.Inflate(frame.payload).value_or("corrupt");
}

TEST(HostileDeflateTest, WithoutTheFlagNothingIsAgreedOn) {
  RunningGateway running;
  Client client = running.Dial(Offering());
  EXPECT_EQ(client.Upgrade().headers.count("sec-websocket-extensions"), 0u);
  client.Send(Compressed(Deflated("Hello")));
  EXPECT_EQ(client.ReadClose().code(), 1002);
}

TEST(HostileDeflateTest, WhoDoesNotOfferGetsNothingCompressed) {
  RunningGateway running(Deflating());
  Client client = running.Dial();
  EXPECT_EQ(client.Upgrade().headers.count("sec-websocket-extensions"), 0u);
  client.Echo(std::string(5000, 'x'));
  client.Send(Compressed(Deflated("Hello")));
  EXPECT_EQ(client.ReadClose().code(), 1002);
}

TEST(HostileDeflateTest, WhatIsLongEnoughComesBackCompressedAndIsCountedAsItWas) {
  RunningGateway running(Deflating());
  Client client = running.Dial(Offering());
  EXPECT_EQ(client.Upgrade().headers["sec-websocket-extensions"],
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  const std::string message(5000, 'x');
  client.Send(Compressed(Deflated(message)) + Compressed(Deflated("short")));
  const ServerFrame frame = client.ReadFrame();
  EXPECT_EQ(frame.rsv, 4);
  EXPECT_LT(frame.payload.size(), 100u);
  EXPECT_EQ(RawInflater().Inflate(frame.payload), message);
  EXPECT_EQ(client.ReadFrame().payload, "short");
  client.Echo("not compressed at all");
  const auto& traffic = running.Find(client)->traffic();
  EXPECT_EQ(traffic.received_messages.Get(), 3u);
  EXPECT_EQ(traffic.received_bytes.Get(), 5000u + 5 + 21);
  EXPECT_EQ(traffic.sent_messages.Get(), 3u);
  EXPECT_EQ(traffic.sent_bytes.Get(), 5000u + 5 + 21);
}

TEST(HostileDeflateTest, TakesContextOverBothWays) {
  RunningGateway running(Deflating({.server_window_bits = 12,
                                    .client_window_bits = 10,
                                    .server_context_takeover = true,
                                    .client_context_takeover = true,
                                    .min_bytes = 0}));
  Client client = running.Dial(Offering());
  EXPECT_EQ(client.Upgrade().headers["sec-websocket-extensions"],
            "permessage-deflate; server_max_window_bits=12; client_max_window_bits=10");
  RawDeflater deflater(10);
  RawInflater inflater(12);
  for (int i = 0; i < 50; ++i) {
    const std::string message = "message " + std::to_string(i * i) + " much like the others";
    client.Send(Compressed(deflater.Compress(message)));
    EXPECT_EQ(Read(client, inflater), message);
  }
}

TEST(HostileDeflateTest, CorruptDataIs1007) {
  RunningGateway running(Deflating());
  Client client = running.Open(Offering());
  const auto connection = running.Find(client);
  client.Send(Compressed("\x06"));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1007);
  EXPECT_EQ(close.reason(), "invalid deflate data");
  client.Close();
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kInvalidDeflate);
}

TEST(HostileDeflateTest, ABombIs1009WithinTheMemoryOfTheLimit) {
  RunningGateway running(Deflating());
  RunningGateway::LetItLook(*std::make_unique<Client>(running.Open()));
  const std::string bomb = Compressed(DeflateBomb(1024));
  ASSERT_LT(bomb.size(), kMegabyte + kMegabyte / 8);
  const size_t before = ResidentMemory();
  for (int i = 0; i < 3; ++i) {
    Client client = running.Open(Offering());
    client.Send(bomb);
    EXPECT_EQ(client.ReadClose().code(), 1009);
  }
  EXPECT_LT(ResidentMemory(), before + 24 * kMegabyte);
}

// Each message is valid and inflates to a thousand times its size. Many arrive in one read.
TEST(HostileDeflateTest, ManySmallBombsComeBackInOrderBeforeTheClose) {
  RunningGateway running(Inflating());
  Client client = running.Open(Offering());
  std::string bytes;
  for (char c = 'a'; c <= 'p'; ++c) {
    bytes += Compressed(Deflated(std::string(kMegabyte, c))) +
             Encode({.opcode = kOpPing, .payload = std::string(1, c)});
  }
  ASSERT_LT(bytes.size(), 65536u);
  client.Send(bytes + Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000)}));
  for (char c = 'a'; c <= 'p'; ++c) {
    ASSERT_EQ(client.ReadFrame().payload, std::string(kMegabyte, c));
    ASSERT_EQ(client.ReadFrame().payload, std::string(1, c));
  }
  EXPECT_EQ(client.ReadClose().code(), 1000);
}

TEST(HostileDeflateTest, SmallBombsOfWhoNeverReadsDoNotPassTheQueuesBound) {
  RunningGateway running(Inflating());
  Client client = running.Open(Offering(SmallBuffers()));
  const auto connection = running.Find(client);
  const auto queued = [&] { return connection->traffic().send_queue_bytes.Get(); };
  std::string bytes;
  for (int i = 0; i < 50; ++i) bytes += Compressed(Deflated(std::string(kMegabyte, 'x')));
  ASSERT_LT(bytes.size(), 65536u);
  const size_t before = ResidentMemory();
  client.Send(bytes);
  ASSERT_TRUE(WaitUntil([&] { return queued() > kMegabyte; }));
  Client witness = running.Open();
  RunningGateway::LetItLook(witness);
  EXPECT_LE(queued(), 2 * kMegabyte + 1000);
  EXPECT_LT(ResidentMemory(), before + 24 * kMegabyte);

  running.Advance(seconds(11));
  EXPECT_TRUE(WaitUntil([&] { return connection->close_request().has_value(); }));
  running.Advance(seconds(6));  // the grace
  EXPECT_EQ(RunningGateway::WaitForEnd(connection), CloseCause::kTooSlow);
  RunningGateway::LetItLook(witness);
}

TEST(HostileDeflateTest, WhatWaitedOverAFullQueueIsHandledWhenTheClientReads) {
  RunningGateway running(Inflating());
  Client client = running.Open(Offering(SmallBuffers()));
  const auto connection = running.Find(client);
  std::string bytes;
  for (int i = 0; i < 10; ++i) bytes += Compressed(Deflated(std::string(kMegabyte, 'x')));
  client.Send(bytes + Encode({.payload = "last"}));
  ASSERT_TRUE(WaitUntil([&] { return connection->traffic().send_queue_bytes.Get() > kMegabyte; }));
  for (int i = 0; i < 10; ++i) ASSERT_EQ(client.ReadFrame().payload.size(), kMegabyte);
  EXPECT_EQ(client.ReadFrame().payload, "last");
  client.Echo("and on it goes");
}

}  // namespace
}  // namespace drawbridge
