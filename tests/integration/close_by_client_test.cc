// Connections that their clients end, with or without a close frame, and what the history records of them.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <chrono>
#include <string>

#include "gateway/connections/registry.h"
#include "tests/integration/close_record.h"
#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

const CloseRecord kReset = {.initiator = v1::CLOSE_INITIATOR_NETWORK, .cause = "reset"};
const CloseRecord kDisconnected = {.initiator = v1::CLOSE_INITIATOR_NETWORK, .cause = "disconnected"};

// A close frame of the client, which the gateway's close frame repeats.
CloseRecord ClosedBy(uint32_t code, const std::string& reason = "") {
  return {.initiator = v1::CLOSE_INITIATOR_CLIENT,
          .cause = "client_closed",
          .sent_code = code,
          .received_code = code,
          .received_reason = reason,
          .clean = true};
}

// ------------------------------------------------------------------------------ with a close frame

TEST(CloseByClientTest, WithCodeAndReason) {
  RunningServer server;
  Client client = server.Open();
  client.SendClose(4002, "done here");
  EXPECT_EQ(client.ReadClose().code(), 4002);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  ExpectRecord(server, client, ClosedBy(4002, "done here"));
}

TEST(CloseByClientTest, WithACodeAlone) {
  RunningServer server;
  Client client = server.Open();
  client.SendClose(1000);
  EXPECT_EQ(client.ReadClose().payload, ClosePayloadOf(1000));
  ExpectRecord(server, client, ClosedBy(1000));
}

TEST(CloseByClientTest, WithoutACode) {
  RunningServer server;
  Client client = server.Open();
  client.SendFrame({.opcode = kOpClose});
  EXPECT_EQ(client.ReadClose().payload, "");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  ExpectRecord(server, client, ClosedBy(1005));
}

TEST(CloseByClientTest, WithTheLongestReason) {
  RunningServer server;
  Client client = server.Open();
  const std::string reason = std::string(121, 'r') + "\xc3\xa9";
  client.SendClose(3000, reason);
  EXPECT_EQ(client.ReadClose().payload, ClosePayloadOf(3000));
  ExpectRecord(server, client, ClosedBy(3000, reason));
}

TEST(CloseByClientTest, BehindMessages) {
  RunningServer server;
  Client client = server.Open();
  client.Send(Encode({.payload = "one"}) + Encode({.opcode = kOpBinary, .payload = "three"}) +
              Encode({.opcode = kOpPing, .payload = "does not count"}) +
              Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000)}) +
              Encode({.payload = "nor this"}));
  EXPECT_EQ(client.ReadFrame().payload, "one");
  EXPECT_EQ(client.ReadFrame().payload, "three");
  EXPECT_EQ(client.ReadFrame().opcode, kOpPong);
  EXPECT_EQ(client.ReadClose().code(), 1000);
  ExpectRecord(server, client, ClosedBy(1000), {.messages = 2, .bytes = 8});
}

TEST(CloseByClientTest, InsideAFragmentedMessage) {
  RunningServer server;
  Client client = server.Open();
  client.SendFrame({.payload = "half", .fin = false});
  client.SendClose(1001, "away");
  EXPECT_EQ(client.ReadClose().code(), 1001);
  ExpectRecord(server, client, ClosedBy(1001, "away"));
}

TEST(CloseByClientTest, AndLeavesWithoutTheAnswer) {
  RunningServer server;
  Client client = server.Open();
  client.SendClose(1001, "in a hurry");
  client.Close();
  ExpectRecord(server, client, ClosedBy(1001, "in a hurry"));
}

// The answer is queued behind messages that this client never reads.
TEST(CloseByClientTest, AndTheAnswerNeverLeaves) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 64 << 20;
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  Flood flood(client, 16 * 1024);
  ASSERT_TRUE(PushUntil(flood, [&] { return server.Get(client.id()).send_queue_messages() >= 5; }));
  flood.FinishMessage();
  client.SendClose(4321, "too long a wait");
  server.WaitUntilClosing(client.id());
  client.Reset();
  ExpectRecord(server, client,
               {.initiator = v1::CLOSE_INITIATOR_CLIENT,
                .cause = "client_closed",
                .received_code = 4321,
                .received_reason = "too long a wait"},
               {.messages = flood.messages(), .bytes = flood.messages() * 16 * 1024});
}

// --------------------------------------------------------------------------- without a close frame

TEST(CloseByClientTest, Reset) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("about to crash");
  client.Reset();
  ExpectRecord(server, client, kReset, {.messages = 1, .bytes = 14});
}

TEST(CloseByClientTest, ResetInsideAFrame) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("hello");
  client.Send(Encode({.payload = "never whole"}).substr(0, 9));
  client.Reset();
  ExpectRecord(server, client, kReset, {.messages = 1, .bytes = 5});
}

TEST(CloseByClientTest, Disconnected) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("hello");
  client.Close();
  ExpectRecord(server, client, kDisconnected, {.messages = 1, .bytes = 5});
}

TEST(CloseByClientTest, DisconnectedBeforeTheFirstMessage) {
  RunningServer server;
  Client client = server.Open();
  client.Close();
  ExpectRecord(server, client, kDisconnected);
}

TEST(CloseByClientTest, DisconnectedInsideAFrame) {
  RunningServer server;
  Client client = server.Open();
  client.Send(Encode({.payload = "never whole"}).substr(0, 9));
  client.Close();
  ExpectRecord(server, client, kDisconnected);
}

// A client that shuts down only its sending side is disconnected: a WebSocket connection is never half-open.
TEST(CloseByClientTest, DisconnectedOneWay) {
  RunningServer server;
  Client client = server.Open();
  client.SendText("last words");
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadFrame().payload, "last words");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  ExpectRecord(server, client, kDisconnected, {.messages = 1, .bytes = 10});
}

TEST(CloseByClientTest, NoPong) {
  Flags flags = TestFlags();
  flags.ping_interval = milliseconds(100);
  flags.pong_timeout = milliseconds(200);
  RunningServer server(flags);
  Client client = server.Open();  // sends nothing from here on
  ExpectRecord(server, client,
               {.initiator = v1::CLOSE_INITIATOR_NETWORK,
                .cause = "no_pong",
                .sent_code = 1001,
                .sent_reason = "no pong"});
  EXPECT_EQ(server.registry().size(), 0u);
  EXPECT_EQ(client.ReadFrame().opcode, kOpPing);
  EXPECT_EQ(client.ReadClose().code(), 1001);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST(CloseByClientTest, WhoAnswersPingsStays) {
  Flags flags = TestFlags();
  flags.ping_interval = milliseconds(100);
  flags.pong_timeout = milliseconds(2000);
  RunningServer server(flags);
  Client client = server.Open();
  for (int i = 0; i < 4; ++i) {
    const ServerFrame ping = client.ReadFrame();
    ASSERT_EQ(ping.opcode, kOpPing);
    client.SendFrame({.opcode = kOpPong, .payload = ping.payload});
  }
  EXPECT_EQ(server.Get(client.id()).state(), v1::CONNECTION_STATE_OPEN);
}

// ------------------------------------------------------------------------------------------ by TLS

class CloseByTlsClientTest : public ::testing::Test {
 protected:
  Flags TlsFlags() const {
    Flags flags = TestFlags();
    flags.tls_cert = files_.certificate.path();
    flags.tls_key = files_.key.path();
    return flags;
  }
  Client Open() { return server_.Open({.tls = &tls_}); }

  TestAuthority authority_;
  CredentialFiles files_{authority_.Issue("gateway.example")};
  ClientTls tls_{ClientTls::Options{.authority = authority_.certificate()}};
  RunningServer server_{TlsFlags()};
};

TEST_F(CloseByTlsClientTest, WithCodeAndReason) {
  Client client = Open();
  client.Echo("hello");
  client.SendClose(4002, "done here");
  EXPECT_EQ(client.ReadClose().code(), 4002);
  ExpectRecord(server_, client, ClosedBy(4002, "done here"), {.messages = 1, .bytes = 5});
}

TEST_F(CloseByTlsClientTest, WithCloseNotifyAlone) {
  Client client = Open();
  client.Echo("hello");
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  ExpectRecord(server_, client, kDisconnected, {.messages = 1, .bytes = 5});
}

// The socket is closed as it is when a process is killed.
TEST_F(CloseByTlsClientTest, WithoutCloseNotify) {
  Client client = Open();
  client.Close();
  ExpectRecord(server_, client, kDisconnected);
}

TEST_F(CloseByTlsClientTest, InsideARecord) {
  Client client = Open();
  ASSERT_EQ(::send(SSL_get_fd(client.ssl()), "\x17\x03\x03\x40\x00half", 9, 0), 9);
  client.Close();
  ExpectRecord(server_, client, kDisconnected);
}

TEST_F(CloseByTlsClientTest, Reset) {
  Client client = Open();
  client.Echo("about to crash");
  client.Reset();
  ExpectRecord(server_, client, kReset, {.messages = 1, .bytes = 14});
}

// After a bad record no further data can be trusted, so the connection ends as after a reset.
TEST_F(CloseByTlsClientTest, WithARecordThatWasTamperedWith) {
  Client client = Open();
  const std::string record = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
  ASSERT_EQ(::send(SSL_get_fd(client.ssl()), record.data(), record.size(), 0), 37);
  ExpectRecord(server_, client, kReset);
}

}  // namespace
}  // namespace drawbridge
