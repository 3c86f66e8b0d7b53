// Connections that end by the control API or by the shutdown of the node, and what the history records of
// them. Handshakes that fail leave no record.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

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

v1::InterruptConnectionRequest EnoughOf(const Client& client) {
  auto request = InterruptOf(client.id());
  request.set_code(3001);
  request.set_reason("enough");
  request.set_no_wait(true);
  return request;
}

CloseRecord Interrupted(uint32_t code, const std::string& reason) {
  return {.initiator = v1::CLOSE_INITIATOR_CONTROL,
          .cause = "interrupted",
          .sent_code = code,
          .sent_reason = reason};
}

CloseRecord Answered(CloseRecord record, uint32_t code, const std::string& reason = "") {
  record.received_code = code;
  record.received_reason = reason;
  record.clean = true;
  return record;
}

// ------------------------------------------------------------------------------------- interrupted

TEST(CloseByInterruptTest, Answered) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("hello");
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  EXPECT_EQ(client.ReadClose().payload, ClosePayloadOf(3001, "enough"));
  client.SendClose(1000, "as you wish");
  ExpectRecord(server, client, Answered(Interrupted(3001, "enough"), 1000, "as you wish"),
               {.messages = 1, .bytes = 5});
}

TEST(CloseByInterruptTest, WithoutCodeAndReasonAndAnsweredWithoutACode) {
  RunningServer server;
  Client client = server.Open();
  auto request = InterruptOf(client.id());
  request.set_no_wait(true);
  ASSERT_TRUE(Interrupt(server, request).status.ok());
  const ServerFrame close = client.ReadClose();
  client.SendFrame({.opcode = kOpClose});
  ExpectRecord(server, client, Answered(Interrupted(1008, close.reason()), 1005));
}

TEST(CloseByInterruptTest, CrossedByTheClientsOwnClose) {
  RunningServer server;
  Client client = server.Open();
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  client.SendClose(4000, "I was going anyway");  // sent before the client has read the close frame
  EXPECT_EQ(client.ReadClose().payload, ClosePayloadOf(3001, "enough")) << "the interrupt came first";
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  ExpectRecord(server, client, Answered(Interrupted(3001, "enough"), 4000, "I was going anyway"));
}

TEST(CloseByInterruptTest, WhatComesAfterItDoesNotCount) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("hello");
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  client.SendText("too late");
  client.ReadCloseAndAnswer();
  ExpectRecord(server, client, Answered(Interrupted(3001, "enough"), 3001), {.messages = 1, .bytes = 5});
}

TEST(CloseByInterruptTest, NotAnsweredInTime) {
  RunningServer server;
  Client client = server.Open();
  auto request = EnoughOf(client);
  request.mutable_grace()->set_seconds(0);
  request.mutable_grace()->set_nanos(200'000'000);
  request.set_no_wait(false);
  const InterruptReply reply = Interrupt(server, request);
  EXPECT_EQ(reply.response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT);
  ExpectRecord(server, client, Interrupted(3001, "enough"));
  ExpectRecord(reply.response.connection(), Interrupted(3001, "enough"));
}

TEST(CloseByInterruptTest, AnsweredByTheEnd) {
  RunningServer server;
  Client client = server.Open();
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  client.ReadClose();
  client.Close();
  ExpectRecord(server, client, Interrupted(3001, "enough"));
}

TEST(CloseByInterruptTest, AnsweredByAReset) {
  RunningServer server;
  Client client = server.Open();
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  client.ReadClose();
  client.Reset();
  ExpectRecord(server, client, Interrupted(3001, "enough"));
}

TEST(CloseByInterruptTest, AnsweredByAViolation) {
  RunningServer server;
  Client client = server.Open();
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  client.ReadClose();
  client.SendFrame({.payload = "x", .masked = false});
  client.Close();
  ExpectRecord(server, client, Interrupted(3001, "enough"));
}

TEST(CloseByInterruptTest, Aborted) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("hello");
  auto request = InterruptOf(client.id());
  request.set_abort(true);
  ASSERT_TRUE(Interrupt(server, request).status.ok());
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kReset);
  ExpectRecord(server, client, Interrupted(0, ""), {.messages = 1, .bytes = 5});
}

TEST(CloseByInterruptTest, AmongMany) {
  RunningServer server;
  Client answers = server.Open();
  Client leaves = server.Open();
  v1::InterruptConnectionsRequest request;
  request.set_filter("*");
  request.set_all(true);
  request.set_code(3001);
  request.set_reason("enough");
  request.set_rate_per_second(-1);
  grpc::ClientContext context;
  const auto reader = server.stub().InterruptConnections(&context, request);
  EXPECT_EQ(answers.ReadClose().payload, ClosePayloadOf(3001, "enough"));
  answers.SendClose(1000, "as you all wish");
  leaves.ReadClose();
  leaves.Close();
  ExpectRecord(server, answers, Answered(Interrupted(3001, "enough"), 1000, "as you all wish"));
  ExpectRecord(server, leaves, Interrupted(3001, "enough"));
  v1::InterruptConnectionsResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
}

TEST(CloseByInterruptTest, TheFirstOfTwoStands) {
  RunningServer server;
  Client client = server.Open();
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  auto second = EnoughOf(client);
  second.set_code(4999);
  second.set_reason("more than enough");
  ASSERT_TRUE(Interrupt(server, second).status.ok());
  client.ReadClose();
  client.SendClose(3001);
  ExpectRecord(server, client, Answered(Interrupted(3001, "enough"), 3001));
}

TEST(CloseByInterruptTest, ByTheClientFirstStands) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 64 << 20;
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  Flood flood(client, 16 * 1024);
  ASSERT_TRUE(PushUntil(flood, [&] { return server.Get(client.id()).send_queue_messages() >= 5; }));
  flood.FinishMessage();
  client.SendClose(4321, "me first");
  server.WaitUntilClosing(client.id());
  ASSERT_TRUE(Interrupt(server, EnoughOf(client)).status.ok());
  client.DrainToEnd();
  ExpectRecord(server, client,
               {.initiator = v1::CLOSE_INITIATOR_CLIENT,
                .cause = "client_closed",
                .sent_code = 4321,
                .received_code = 4321,
                .received_reason = "me first",
                .clean = true},
               {.messages = flood.messages(), .bytes = flood.messages() * 16 * 1024});
}

// With and without drop_pending: the close frame is not sent while messages that the client does not read are
// queued before it.
TEST(CloseByInterruptTest, NeverRead) {
  for (const bool drop_pending : {false, true}) {
    Flags flags = TestFlags();
    flags.send_queue_bytes = 64 << 20;
    RunningServer server(flags);
    Client client = server.Open(SmallBuffers());
    Flood flood(client, 16 * 1024);
    ASSERT_TRUE(PushUntil(flood, [&] { return server.Get(client.id()).send_queue_messages() >= 20; }));
    flood.FinishMessage();
    ASSERT_TRUE(WaitUntil([&] { return server.Get(client.id()).received_messages() == flood.messages(); }));
    auto request = InterruptOf(client.id(), milliseconds(300));
    request.set_drop_pending(drop_pending);
    ASSERT_TRUE(Interrupt(server, request).status.ok());
    ExpectRecord(server, client, Interrupted(0, ""),
                 {.messages = flood.messages(), .bytes = flood.messages() * 16 * 1024});
  }
}

TEST(CloseByInterruptTest, DroppingWhatIsPending) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 64 << 20;
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  Flood flood(client, 16 * 1024);
  ASSERT_TRUE(PushUntil(flood, [&] { return server.Get(client.id()).send_queue_messages() >= 5; }));
  flood.FinishMessage();
  ASSERT_TRUE(WaitUntil([&] { return server.Get(client.id()).received_messages() == flood.messages(); }));
  auto request = EnoughOf(client);
  request.set_drop_pending(true);
  ASSERT_TRUE(Interrupt(server, request).status.ok());
  ServerFrame frame = client.ReadFrame();
  while (frame.opcode == kOpText) frame = client.ReadFrame();
  client.SendClose(3001);
  ExpectRecord(server, client, Answered(Interrupted(3001, "enough"), 3001),
               {.messages = flood.messages(), .bytes = flood.messages() * 16 * 1024});
}

// ----------------------------------------------------------------------------------------- expired

v1::UpdateConnectionRequest ExpiredLongAgo(const Client& client) {
  v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(client.id());
  request.mutable_connection()->mutable_expire_time()->set_seconds(1);
  request.mutable_update_mask()->add_paths("expire_time");
  return request;
}

TEST(CloseByExpiryTest, AnsweredOrNot) {
  RunningServer server;
  for (const bool answers : {true, false}) {
    Client client = server.Open();
    grpc::ClientContext context;
    v1::UpdateConnectionResponse response;
    ASSERT_TRUE(server.stub().UpdateConnection(&context, ExpiredLongAgo(client), &response).ok());
    EXPECT_EQ(client.ReadClose().payload, ClosePayloadOf(1008, "expired"));
    if (answers) client.SendClose(1008, "so be it");
    client.Close();
    const CloseRecord expired = {.initiator = v1::CLOSE_INITIATOR_GATEWAY,
                                 .cause = "expired",
                                 .sent_code = 1008,
                                 .sent_reason = "expired"};
    ExpectRecord(server, client, answers ? Answered(expired, 1008, "so be it") : expired);
  }
}

// ---------------------------------------------------------------------------------------- shutdown

// The control plane answers until the last client has disconnected.
TEST(CloseByShutdownTest, AnsweredOrNot) {
  RunningServer server;
  Client answers = server.Open();
  Client leaves = server.Open();
  Client last = server.Open();
  std::thread shutdown([&] { server.server().Shutdown(); });
  const CloseRecord shut_down = {.initiator = v1::CLOSE_INITIATOR_DRAIN,
                                 .cause = "shutdown",
                                 .sent_code = 1001,
                                 .sent_reason = "going away"};
  EXPECT_EQ(answers.ReadClose().payload, ClosePayloadOf(1001, "going away"));
  answers.SendClose(1001, "see you");
  ExpectRecord(server, answers, Answered(shut_down, 1001, "see you"));
  leaves.ReadClose();
  leaves.Close();
  ExpectRecord(server, leaves, shut_down);
  last.ReadCloseAndAnswer();
  shutdown.join();
}

// The control API is gone after the shutdown, so the test reads the record from the connection itself.
TEST(CloseByShutdownTest, NotAnsweredInTime) {
  Flags flags = TestFlags();
  flags.drain_grace = milliseconds(200);
  RunningServer server(flags);
  Client client = server.Open();
  const auto connection = server.Find(client.id());
  server.server().Shutdown();
  ASSERT_TRUE(connection->close_result().has_value());
  EXPECT_EQ(connection->close_request()->cause, CloseCause::kShutdown);
  EXPECT_EQ(connection->close_result()->outcome, CloseOutcome::kTimeout);
  EXPECT_EQ(connection->close_result()->sent_code, 1001);
  EXPECT_EQ(connection->close_result()->sent_reason, "going away");
  EXPECT_EQ(connection->close_result()->received_code, 0);
}

// --------------------------------------------------------------------------------------- unlisted

TEST(CloseTest, WhoeverVanishedByResetIsUnlisted) {
  RunningServer server;
  Client stays = server.Open();
  Client vanishes = server.Open();
  vanishes.Reset();
  server.GetWhenClosed(vanishes.id());
  const auto listed = server.registry().Page(0, 10);
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]->info().id, stays.id());
}

// A handshake that fails never becomes a connection, so it is neither in the list nor in the history.
TEST(CloseTest, HandshakesThatFailAreNotInTheHistory) {
  RunningServer server;
  Client::Dial(server.address()).Close();
  Client::Dial(server.address()).Reset();
  Client half = Client::Dial(server.address());
  half.Send("GET / HTTP/1.1\r\n");
  half.Reset();
  Client refused = Client::Dial(server.address(), {.headers = {"Origin: https://evil.example"}});
  EXPECT_EQ(refused.Upgrade().status, 403);
  EXPECT_EQ(refused.ReadEnd(), Client::Ending::kEndOfFile);
  Client nonsense = Client::Dial(server.address());
  nonsense.Send("nonsense\r\n\r\n");
  EXPECT_EQ(nonsense.ReadResponse().status, 400);
  EXPECT_EQ(nonsense.ReadEnd(), Client::Ending::kEndOfFile);

  Client good = server.Open();
  good.SendClose(1000);
  good.DrainToEnd();
  server.GetWhenClosed(good.id());
  grpc::ClientContext context;
  v1::ListConnectionsRequest request;
  request.set_show_closed(true);
  v1::ListConnectionsResponse list;
  ASSERT_TRUE(server.stub().ListConnections(&context, request, &list).ok());
  ASSERT_EQ(list.connections_size(), 1);
  EXPECT_EQ(list.connections(0).connection_id(), good.id());
}

}  // namespace
}  // namespace drawbridge
