// However a connection ends, GetConnection tells afterwards who began it, why, and what was said.
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <thread>

#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

struct Record {
  v1::CloseInitiator initiator;
  std::string cause;
  uint32_t sent_code;
  uint32_t received_code;
  bool clean;

  bool operator==(const Record&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Record& record) {
  return out << v1::CloseInitiator_Name(record.initiator) << " " << record.cause << " sent "
             << record.sent_code << " received " << record.received_code
             << (record.clean ? " clean" : " not clean");
}

// Waits for the end.
Record RecordOf(RunningServer& server, const Client& client) {
  const v1::Connection gone = server.GetWhenClosed(client.id());
  EXPECT_EQ(gone.state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_TRUE(gone.close().has_close_time());
  const v1::Close& close = gone.close();
  return {close.initiator(), close.cause(), close.sent_code(), close.received_code(), close.clean()};
}

TEST(CloseRecordTest, ClientClosed) {
  RunningServer server;
  Client client = server.Open();
  client.SendClose(4002, "done here");
  const ServerFrame answer = client.ReadClose();
  EXPECT_EQ(answer.code(), 4002);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(RecordOf(server, client),
            (Record{v1::CLOSE_INITIATOR_CLIENT, "client_closed", 4002, 4002, true}));
  EXPECT_EQ(server.Get(client.id()).close().received_reason(), "done here");
}

TEST(CloseRecordTest, ClientClosedWithoutACode) {
  RunningServer server;
  Client client = server.Open();
  client.SendFrame({.opcode = kOpClose});
  EXPECT_EQ(client.ReadClose().payload, "");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  EXPECT_EQ(RecordOf(server, client),
            (Record{v1::CLOSE_INITIATOR_CLIENT, "client_closed", 1005, 1005, true}));
}

TEST(CloseRecordTest, Interrupted) {
  RunningServer server;
  Client client = server.Open();
  auto request = InterruptOf(client.id());
  request.set_code(3001);
  request.set_reason("enough");
  request.set_no_wait(true);
  ASSERT_TRUE(Interrupt(server, request).status.ok());
  client.ReadClose();
  client.SendClose(1000, "as you wish");
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_CONTROL, "interrupted", 3001, 1000, true}));
  EXPECT_EQ(server.Get(client.id()).close().sent_reason(), "enough");
  EXPECT_EQ(server.Get(client.id()).close().received_reason(), "as you wish");
}

TEST(CloseRecordTest, Aborted) {
  RunningServer server;
  Client client = server.Open();
  auto request = InterruptOf(client.id());
  request.set_abort(true);
  ASSERT_TRUE(Interrupt(server, request).status.ok());
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_CONTROL, "interrupted", 0, 0, false}));
}

TEST(CloseRecordTest, Reset) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("about to crash");
  client.Reset();
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_NETWORK, "reset", 0, 0, false}));
}

TEST(CloseRecordTest, Disconnected) {
  RunningServer server;
  Client client = server.Open();
  client.Close();
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_NETWORK, "disconnected", 0, 0, false}));
}

TEST(CloseRecordTest, NoPong) {
  Flags flags = TestFlags();
  flags.ping_interval = milliseconds(100);
  flags.pong_timeout = milliseconds(200);
  RunningServer server(flags);
  Client client = server.Open();  // and not another word
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_NETWORK, "no_pong", 0, 0, false}));
  EXPECT_EQ(server.server().gateway().registry().size(), 0u);
  EXPECT_EQ(client.ReadFrame().opcode, kOpPing);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST(CloseRecordTest, ClientThatAnswersPingsStays) {
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

TEST(CloseRecordTest, Idle) {
  Flags flags = TestFlags();
  flags.idle_timeout = milliseconds(200);
  RunningServer server(flags);
  Client client = server.Open();
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1001);
  EXPECT_EQ(close.reason(), "idle");
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_GATEWAY, "idle", 1001, 1001, true}));
}

TEST(CloseRecordTest, TooSlow) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 64 * 1024;
  flags.send_stall_timeout = milliseconds(200);
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  Flood flood(client, 16 * 1024);
  ASSERT_TRUE(
      PushUntil(flood, [&] { return server.Get(client.id()).state() == v1::CONNECTION_STATE_CLOSING; }));

  ServerFrame close = client.ReadFrame();
  while (close.opcode == kOpText) close = client.ReadFrame();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "too slow");
  flood.FinishMessage();
  client.SendClose(1008);
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_GATEWAY, "too_slow", 1008, 1008, true}));
}

// What ends by the client's fault is not heard any more: no close frame counts as received.
void ExpectFault(const ClientFrame& frame, uint32_t code, const std::string& cause) {
  RunningServer server;
  Client client = server.Open();
  client.SendFrame(frame);
  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.code(), static_cast<int>(code));
  EXPECT_NE(close.reason(), "");
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  client.Close();
  EXPECT_EQ(RecordOf(server, client), (Record{v1::CLOSE_INITIATOR_GATEWAY, cause, code, 0, false}));
}

TEST(CloseRecordTest, TooBig) {
  const std::string payload((1 << 20) + 1, 'b');
  ExpectFault({.opcode = kOpBinary, .payload = payload}, 1009, "too_big");
}

TEST(CloseRecordTest, ProtocolError) {
  ExpectFault({.payload = "x", .masked = false}, 1002, "protocol_error");
}

TEST(CloseRecordTest, InvalidUtf8) { ExpectFault({.payload = "caf\xe9"}, 1007, "invalid_utf8"); }

TEST(CloseRecordTest, Shutdown) {
  RunningServer server;
  Client client = server.Open();
  std::thread shutdown([&] { server.server().Shutdown(); });
  const ServerFrame close = client.ReadClose();
  EXPECT_EQ(close.code(), 1001);
  EXPECT_EQ(close.reason(), "going away");
  // The control plane ends with the last client, so the record is read where it is kept.
  const auto connection = server.Find(client.id());
  ASSERT_NE(connection, nullptr);
  client.SendClose(1001);
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  shutdown.join();
  ASSERT_TRUE(connection->close_result().has_value());
  EXPECT_EQ(connection->close_request()->cause, CloseCause::kShutdown);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kClean);
  EXPECT_EQ(connection->close_result()->sent_code, 1001);
  EXPECT_EQ(connection->close_result()->received_code, 1001);
}

TEST(CloseRecordTest, WhoeverVanishedByResetIsUnlisted) {
  RunningServer server;
  Client stays = server.Open();
  Client vanishes = server.Open();
  vanishes.Reset();
  server.GetWhenClosed(vanishes.id());
  const auto listed = server.server().gateway().registry().Page(0, 10);
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]->info().id, stays.id());
}

}  // namespace
}  // namespace drawbridge
