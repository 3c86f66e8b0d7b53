// The facts that GetConnection reports of a connection are correct.
#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::system_clock;

system_clock::time_point TimeOf(const google::protobuf::Timestamp& timestamp) {
  return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(
      std::chrono::seconds(timestamp.seconds()) + std::chrono::nanoseconds(timestamp.nanos())));
}

// Wall-clock times are converted to the steady clock and back, which loses some precision.
constexpr std::chrono::milliseconds kClockSlack{50};

TEST(ConnectionFactsTest, TellsWhatTheClientSaidOfItself) {
  Flags flags = TestFlags();
  flags.allowed_origins = "https://app.example";
  RunningServer server(flags);
  const auto before = system_clock::now();
  const Client client = server.Open({.target = "/rooms/7?token=secret",
                                     .headers = {"User-Agent: probe/1.0", "Origin: https://app.example",
                                                 "Sec-WebSocket-Protocol: chat.v2, chat.v1"}});
  const v1::Connection connection = server.Get(client.id());
  EXPECT_EQ(connection.connection_id(), client.id());
  EXPECT_EQ(connection.node_id(), "test-node");
  EXPECT_EQ(connection.state(), v1::CONNECTION_STATE_OPEN);
  EXPECT_EQ(connection.remote_address(), client.local_address());
  EXPECT_EQ(connection.path(), "/rooms/7");
  EXPECT_EQ(connection.subprotocol(), "chat.v2");
  EXPECT_EQ(connection.user_agent(), "probe/1.0");
  EXPECT_EQ(connection.origin(), "https://app.example");
  EXPECT_FALSE(connection.tls());
  EXPECT_GE(TimeOf(connection.create_time()), before - kClockSlack);
  EXPECT_LE(TimeOf(connection.create_time()), system_clock::now() + kClockSlack);
  EXPECT_FALSE(connection.has_last_receive_time());
  EXPECT_FALSE(connection.has_round_trip_time());
  EXPECT_FALSE(connection.has_expire_time());
  EXPECT_FALSE(connection.has_close());
}

// Kubernetes clients pass bearer tokens among the subprotocols. The gateway once selected and listed the
// first offer.
TEST(ConnectionFactsTest, ATokenAmongTheSubprotocolsIsTheClientsSecret) {
  RunningServer server;
  const std::string token = "base64url.bearer.authorization.k8s.io.c2VjcmV0";
  for (const auto& [offer, agreed] :
       {std::pair(token, ""), std::pair(token + ", v4.channel.k8s.io", "v4.channel.k8s.io")}) {
    Client client = Client::Dial(server.address(), {.headers = {"Sec-WebSocket-Protocol: " + offer}});
    const HttpResponse response = client.Upgrade();
    EXPECT_EQ(response.status, 101);
    EXPECT_EQ(response.head.find("c2VjcmV0"), std::string::npos) << response.head;
    const v1::Connection connection = server.Get(client.id());
    EXPECT_EQ(connection.subprotocol(), agreed);
    EXPECT_EQ(connection.DebugString().find("c2VjcmV0"), std::string::npos);
  }
}

TEST(ConnectionFactsTest, SaysWhichTextsAreCut) {
  RunningServer server;
  const Client client =
      server.Open({.target = "/" + std::string(512, 'p'), .headers = {"User-Agent: probe/1.0"}});
  const v1::Connection connection = server.Get(client.id());
  EXPECT_EQ(connection.path(), "/" + std::string(511, 'p'));
  ASSERT_EQ(connection.truncated_fields_size(), 1);
  EXPECT_EQ(connection.truncated_fields(0), "path");
}

TEST(ConnectionFactsTest, CountsWhatWentThrough) {
  RunningServer server;
  Client client = server.Open();
  uint64_t bytes = 0;
  constexpr uint64_t kEchoes = 17;
  for (uint64_t i = 0; i < kEchoes; ++i) {
    const std::string text(i * 10, 'e');
    client.Echo(text);
    bytes += text.size();
  }
  client.SendFrame({.opcode = kOpPing, .payload = "not a message"});
  EXPECT_EQ(client.ReadFrame().opcode, kOpPong);
  const v1::Connection connection = server.Get(client.id());
  EXPECT_EQ(connection.received_messages(), kEchoes);
  EXPECT_EQ(connection.received_bytes(), bytes);
  EXPECT_EQ(connection.sent_messages(), kEchoes);
  EXPECT_EQ(connection.sent_bytes(), bytes);
  EXPECT_EQ(connection.send_queue_messages(), 0u);
  EXPECT_EQ(connection.send_queue_bytes(), 0u);
}

TEST(ConnectionFactsTest, LastReceiveTimeFollowsTheClient) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("first");
  const auto first = TimeOf(server.Get(client.id()).last_receive_time());
  EXPECT_LE(first, system_clock::now() + kClockSlack);
  EXPECT_GE(first, TimeOf(server.Get(client.id()).create_time()) - kClockSlack);
  // Waits for longer than the conversion between the two clocks can lose.
  EXPECT_TRUE(WaitUntil([&] { return system_clock::now() > first + 3 * kClockSlack; }));
  client.Echo("second");
  EXPECT_GT(TimeOf(server.Get(client.id()).last_receive_time()), first + kClockSlack);
}

TEST(ConnectionFactsTest, APongIsReceivedAndIsNoMessage) {
  Flags flags = TestFlags();
  flags.ping_interval = std::chrono::milliseconds(50);
  flags.pong_timeout = std::chrono::seconds(10);
  RunningServer server(flags);
  Client client = server.Open();
  const auto answer_ping = [&client] {
    const ServerFrame ping = client.ReadFrame();
    EXPECT_EQ(ping.opcode, kOpPing);
    client.SendFrame({.opcode = kOpPong, .payload = ping.payload});
  };
  answer_ping();
  ASSERT_TRUE(WaitUntil([&] { return server.Get(client.id()).has_last_receive_time(); }));
  EXPECT_FALSE(server.Get(client.id()).has_last_message_time()) << "no message came";
  client.SendFrame({.opcode = kOpText, .payload = "hello"});
  ASSERT_TRUE(WaitUntil([&] { return server.Get(client.id()).has_last_message_time(); }));
  const auto message = TimeOf(server.Get(client.id()).last_message_time());
  ServerFrame frame = client.ReadFrame();
  while (frame.opcode != kOpPing) frame = client.ReadFrame();
  client.SendFrame({.opcode = kOpPong, .payload = frame.payload});
  ASSERT_TRUE(
      WaitUntil([&] { return TimeOf(server.Get(client.id()).last_receive_time()) > message + kClockSlack; }));
  EXPECT_LE(TimeOf(server.Get(client.id()).last_message_time()), message + kClockSlack);
}

TEST(ConnectionFactsTest, RoundTripTimeIsThatOfTheLastPing) {
  Flags flags = TestFlags();
  flags.ping_interval = std::chrono::milliseconds(50);
  flags.pong_timeout = std::chrono::seconds(10);
  RunningServer server(flags);
  Client client = server.Open();
  const auto begin = std::chrono::steady_clock::now();
  const ServerFrame ping = client.ReadFrame();
  ASSERT_EQ(ping.opcode, kOpPing);
  client.SendFrame({.opcode = kOpPong, .payload = "of nobody's ping"});
  client.Echo("still open");
  EXPECT_FALSE(server.Get(client.id()).has_round_trip_time());
  client.SendFrame({.opcode = kOpPong, .payload = ping.payload});
  ASSERT_TRUE(WaitUntil([&] { return server.Get(client.id()).has_round_trip_time(); }));
  const auto round_trip = DurationOf(server.Get(client.id()).round_trip_time());
  EXPECT_GT(round_trip.count(), 0);
  EXPECT_LE(round_trip, std::chrono::steady_clock::now() - begin);
}

TEST(ConnectionFactsTest, UnknownAndMalformedIds) {
  RunningServer server;
  const auto get = [&](const std::string& id) {
    grpc::ClientContext context;
    v1::GetConnectionRequest request;
    v1::GetConnectionResponse response;
    request.set_connection_id(id);
    return server.stub().GetConnection(&context, request, &response);
  };
  const grpc::Status unknown = get("abcd-12345678-1");
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailsOf(unknown).domain, "drawbridge");
  EXPECT_EQ(DetailsOf(unknown).reason, "CONNECTION_NOT_FOUND");
  const grpc::Status malformed = get("Not An Id");
  EXPECT_EQ(malformed.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(malformed).reason, "CONNECTION_ID_MALFORMED");
  EXPECT_EQ(DetailsOf(malformed).field, "connection_id");
}

TEST(ConnectionFactsTest, TimesAreTheSameInEveryAnswer) {
  RunningServer server;
  Client client = server.Open();
  client.Echo("hello");
  const auto first = server.Get(client.id());
  const auto text = [](const auto& time) { return time.ShortDebugString(); };
  for (int i = 0; i < 50; ++i) {
    const auto again = server.Get(client.id());
    ASSERT_EQ(text(again.create_time()), text(first.create_time()));
    ASSERT_EQ(text(again.last_receive_time()), text(first.last_receive_time()));
  }
  client.Reset();
  const auto closed = server.GetWhenClosed(client.id());
  EXPECT_EQ(text(closed.create_time()), text(first.create_time()));
  EXPECT_EQ(text(server.Get(client.id()).close().close_time()), text(closed.close().close_time()));
}

}  // namespace
}  // namespace drawbridge
