// Connections that the gateway ends because of what a client sends or fails to send, and what the history
// records of them.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/integration/close_record.h"
#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/raw_deflate.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

CloseRecord EndedFor(const std::string& cause, uint32_t code, const std::string& reason) {
  return {.initiator = v1::CLOSE_INITIATOR_GATEWAY, .cause = cause, .sent_code = code, .sent_reason = reason};
}

CloseRecord Answered(CloseRecord record, const std::string& reason = "") {
  record.received_code = record.sent_code;
  record.received_reason = reason;
  record.clean = true;
  return record;
}

// ------------------------------------------------------------------------------------- left undone

class CloseOfIdleTest : public ::testing::Test {
 protected:
  static Flags IdleFlags() {
    Flags flags = TestFlags();
    flags.idle_timeout = milliseconds(200);
    return flags;
  }
  RunningServer server_{IdleFlags()};
};

TEST_F(CloseOfIdleTest, Answered) {
  Client client = server_.Open();
  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.payload, ClosePayloadOf(1001, "idle"));
  client.SendClose(1001, "right you are");
  ExpectRecord(server_, client, Answered(EndedFor("idle", 1001, "idle"), "right you are"));
}

TEST_F(CloseOfIdleTest, AnsweredByTheEnd) {
  Client client = server_.Open();
  client.ReadClose();
  client.Close();
  ExpectRecord(server_, client, EndedFor("idle", 1001, "idle"));
}

TEST_F(CloseOfIdleTest, AnsweredByAReset) {
  Client client = server_.Open();
  client.ReadClose();
  client.Reset();
  ExpectRecord(server_, client, EndedFor("idle", 1001, "idle"));
}

// A connection ends between 80 % and 120 % of the maximum age, and not before.
TEST(CloseOfAgedTest, AnsweredOrNot) {
  Flags flags = TestFlags();
  flags.max_connection_age = milliseconds(500);
  RunningServer server(flags);
  for (const bool answers : {true, false}) {
    const auto begin = std::chrono::steady_clock::now();
    Client client = server.Open();
    client.Echo("busy or not");
    EXPECT_EQ(client.ReadClose().payload, ClosePayloadOf(1001, "maximum age reached"));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(400 - 20));
    if (answers) client.SendClose(1001);
    client.Close();
    const CloseRecord aged = EndedFor("max_age", 1001, "maximum age reached");
    ExpectRecord(server, client, answers ? Answered(aged) : aged, {.messages = 1, .bytes = 11});
  }
}

TEST(CloseOfAgedTest, ByTheCodeOfTheFlag) {
  Flags flags = TestFlags();
  flags.max_connection_age = milliseconds(500);
  flags.max_age_code = 4001;
  RunningServer server(flags);
  Client client = server.Open();
  EXPECT_EQ(client.ReadCloseAndAnswer().payload, ClosePayloadOf(4001, "maximum age reached"));
  ExpectRecord(server, client, Answered(EndedFor("max_age", 4001, "maximum age reached")));
}

// A proxy tells the principal, so this needs no token.
TEST(CloseOfReplacedTest, Answered) {
  Flags flags = TestFlags();
  flags.trusted_proxies = "127.0.0.1";
  flags.principal_header = "X-User";
  flags.max_connections_per_principal = 1;
  flags.per_principal_policy = "close_oldest";
  RunningServer server(flags);
  Client oldest = server.Open({.headers = {"X-User: alice"}});
  Client newest = server.Open({.headers = {"X-User: alice"}});
  EXPECT_EQ(oldest.ReadCloseAndAnswer().payload, ClosePayloadOf(1008, "replaced"));
  ExpectRecord(server, oldest, Answered(EndedFor("replaced", 1008, "replaced")));
  newest.Echo("stays");
}

class CloseOfSlowTest : public ::testing::Test {
 protected:
  static constexpr size_t kMessageBytes = 16 * 1024;

  static Flags SlowFlags() {
    Flags flags = TestFlags();
    flags.send_queue_bytes = 64 * 1024;
    flags.send_stall_timeout = milliseconds(200);
    return flags;
  }
  // Sends until the gateway closes the connection because the client is too slow.
  void FloodUntilClosing(Flood& flood, const Client& client) {
    ASSERT_TRUE(
        PushUntil(flood, [&] { return server_.Get(client.id()).state() == v1::CONNECTION_STATE_CLOSING; }));
  }
  // The client's messages that the gateway read before the end. Their number depends on the kernel's buffers.
  static Echoed Read(const v1::Connection& closed) {
    EXPECT_GT(closed.received_messages(), 0u);
    return {.messages = closed.received_messages(), .bytes = closed.received_messages() * kMessageBytes};
  }

  RunningServer server_{SlowFlags()};
};

TEST_F(CloseOfSlowTest, Answered) {
  Client client = server_.Open(SmallBuffers());
  Flood flood(client, kMessageBytes);
  FloodUntilClosing(flood, client);
  ServerFrame close = client.ReadFrame();
  while (close.opcode == kOpText) close = client.ReadFrame();
  EXPECT_EQ(close.payload, ClosePayloadOf(1008, "too slow"));
  flood.FinishMessage();
  client.SendClose(1008);
  const v1::Connection closed = server_.GetWhenClosed(client.id());
  ExpectRecord(closed, Answered(EndedFor("too_slow", 1008, "too slow")), Read(closed));
}

// The close frame is never written, so the record shows none as sent.
TEST_F(CloseOfSlowTest, NeverRead) {
  Client client = server_.Open(SmallBuffers());
  Flood flood(client, kMessageBytes);
  FloodUntilClosing(flood, client);
  client.Reset();
  const v1::Connection closed = server_.GetWhenClosed(client.id());
  ExpectRecord(closed, EndedFor("too_slow", 0, ""), Read(closed));
}

// ------------------------------------------------------------------------------------- what is done

// After an error of the client the gateway reads nothing more, so no close frame counts as received.
void ExpectFault(const std::string& sent, const CloseRecord& expected, const Echoed& echoed = {}) {
  Flags flags = TestFlags();
  flags.permessage_deflate = true;
  RunningServer server(flags);
  Client client = server.Open({.headers = {"Sec-WebSocket-Extensions: permessage-deflate"}});
  client.Send(sent);
  for (uint64_t i = 0; i < echoed.messages; ++i) EXPECT_EQ(client.ReadFrame().opcode, kOpText);
  EXPECT_EQ(client.ReadClose().payload,
            ClosePayloadOf(static_cast<int>(expected.sent_code), expected.sent_reason));
  client.SendClose(static_cast<int>(expected.sent_code), "heard by nobody");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  client.Close();
  ExpectRecord(server, client, expected, echoed);
}

std::string Compressed(std::string_view payload) { return Encode({.payload = payload, .rsv = 4}); }

TEST(CloseForAFaultTest, TooBig) {
  ExpectFault(Encode({.opcode = kOpBinary, .payload = std::string((1 << 20) + 1, 'b')}),
              EndedFor("too_big", 1009, "message too big"));
}

TEST(CloseForAFaultTest, TooBigBehindAGoodOne) {
  ExpectFault(Encode({.payload = "good"}) + Encode({.announced = uint64_t{1} << 40}),
              EndedFor("too_big", 1009, "message too big"), {.messages = 1, .bytes = 4});
}

TEST(CloseForAFaultTest, TooBigOnceInflated) {
  ExpectFault(Compressed(DeflateBomb(2)), EndedFor("too_big", 1009, "message too big"));
}

TEST(CloseForAFaultTest, ProtocolError) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {Encode({.payload = "x", .masked = false}), "frame not masked"},
      {Encode({.payload = "x", .rsv = 1}), "reserved bits set"},
      {Encode({.opcode = 3}), "reserved opcode"},
      {Encode({.opcode = kOpContinuation}), "continuation without a message"},
      {Encode({.opcode = kOpPing, .fin = false}), "control frame fragmented"},
  };
  for (const auto& [sent, reason] : faults) ExpectFault(sent, EndedFor("protocol_error", 1002, reason));
}

TEST(CloseForAFaultTest, InvalidUtf8) {
  ExpectFault(Encode({.payload = "caf\xe9"}), EndedFor("invalid_utf8", 1007, "invalid UTF-8"));
  ExpectFault(Compressed(Deflated("caf\xe9")), EndedFor("invalid_utf8", 1007, "invalid UTF-8"));
}

// The content of the frame is recorded, and the gateway does not wait for anything after it.
TEST(CloseForAFaultTest, ACloseFrameThatBreaksTheRules) {
  const auto bad_close = [](CloseRecord record, uint32_t code, const std::string& reason = "") {
    record.received_code = code;
    record.received_reason = reason;
    record.outcome = v1::CLOSE_OUTCOME_REJECTED;
    return record;
  };
  const CloseRecord forbidden = EndedFor("protocol_error", 1002, "forbidden close code");
  ExpectFault(Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1005, "bye")}),
              bad_close(forbidden, 1005, "bye"));
  ExpectFault(Encode({.opcode = kOpClose, .payload = ClosePayloadOf(999)}), bad_close(forbidden, 999));
  ExpectFault(Encode({.opcode = kOpClose, .payload = "x"}),
              bad_close(EndedFor("protocol_error", 1002, "close frame of one byte"), 1005));
  ExpectFault(Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000, "caf\xe9")}),
              bad_close(EndedFor("invalid_utf8", 1007, "close reason is not UTF-8"), 1000));
}

TEST(CloseForAFaultTest, InvalidDeflate) {
  ExpectFault(Compressed(Deflated("good")) + Compressed("\x06"),
              EndedFor("invalid_deflate", 1007, "invalid deflate data"), {.messages = 1, .bytes = 4});
}

}  // namespace
}  // namespace drawbridge
