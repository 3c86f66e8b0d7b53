// Each metric changes when the event that it counts happens, and by the right amount.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/metric_growth.h"
#include "tests/support/certificates.h"
#include "tests/support/flood.h"
#include "tests/support/running_server.h"
#include "tests/support/scrape.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

TEST(MetricsTest, AConnectionThatComesAndGoes) {
  RunningServer server;
  std::vector<Client> clients;
  ExpectGrowth(server, [&] { clients.push_back(server.Open()); },
               {{"drawbridge_connections", 1},
                {"drawbridge_connections_opened_total", 1},
                {Handshakes("accepted"), 1},
                {"drawbridge_history_connections", 0},
                {"drawbridge_events_total", 1}});
  ExpectGrowth(server,
               [&] {
                 clients.front().SendClose(1000);
                 clients.front().DrainToEnd();
               },
               {{"drawbridge_connections", -1},
                {"drawbridge_connections_opened_total", 0},
                {Closed("client_closed", "1000"), 1},
                {"drawbridge_history_connections", 1}});
}

struct Goodbye {
  std::string cause, code;
  std::function<void(Client&)> say;
};

TEST(MetricsTest, EndsAreCountedByCauseAndCode) {
  Flags flags = TestFlags();
  flags.max_message_bytes = 100;
  RunningServer server(flags);
  const std::vector<Goodbye> goodbyes = {
      {"client_closed", "1001", [](Client& c) { c.SendClose(1001); }},
      {"client_closed", "1005", [](Client& c) { c.SendFrame({.opcode = kOpClose}); }},
      {"client_closed", "3xxx", [](Client& c) { c.SendClose(3000); }},
      {"client_closed", "4xxx", [](Client& c) { c.SendClose(4999); }},
      {"disconnected", "1006", [](Client& c) { c.ShutdownWrite(); }},
      {"reset", "1006", [](Client& c) { c.Reset(); }},
      {"protocol_error", "1002", [](Client& c) { c.SendFrame({.opcode = 5}); }},
      {"invalid_utf8", "1007", [](Client& c) { c.SendText("\xff"); }},
      {"too_big", "1009", [](Client& c) { c.SendText(std::string(101, 'x')); }},
  };
  for (const Goodbye& goodbye : goodbyes) {
    Client client = server.Open();
    const std::string metric = Closed(goodbye.cause, goodbye.code);
    ExpectGrowth(server,
                 [&] {
                   goodbye.say(client);
                   client.Close();
                 },
                 {{metric, 1}, {"drawbridge_connections", -1}});
  }
}

TEST(MetricsTest, MessagesAndTheirSizes) {
  RunningServer server;
  Client client = server.Open();
  const auto size = [](const std::string& bound) {
    return "drawbridge_message_size_bytes_bucket{le=\"" + bound + "\"}";
  };
  ExpectGrowth(server,
               [&] {
                 for (const size_t bytes : {0, 1, 2, 63, 64, 1024}) client.Echo(std::string(bytes, 'x'));
               },
               {{"drawbridge_messages_total{direction=\"received\"}", 6},
                {"drawbridge_messages_total{direction=\"sent\"}", 6},
                {"drawbridge_bytes_total{direction=\"received\"}", 1154},
                {"drawbridge_bytes_total{direction=\"sent\"}", 1154},
                {size("1"), 2},
                {size("3"), 3},
                {size("31"), 3},
                {size("63"), 4},
                {size("127"), 5},
                {size("1023"), 5},
                {size("2047"), 6},
                {size("+Inf"), 6},
                {"drawbridge_message_size_bytes_sum", 1154},
                {"drawbridge_message_size_bytes_count", 6}});
  // A message of the control API counts as sent and not as received.
  ExpectGrowth(server,
               [&] {
                 grpc::ClientContext context;
                 v1::SendMessageRequest request;
                 v1::SendMessageResponse response;
                 request.set_connection_id(client.id());
                 request.mutable_message()->set_text("seven77");
                 EXPECT_TRUE(server.stub().SendMessage(&context, request, &response).ok());
                 client.ReadFrame();
               },
               {{"drawbridge_messages_total{direction=\"received\"}", 0},
                {"drawbridge_messages_total{direction=\"sent\"}", 1},
                {"drawbridge_bytes_total{direction=\"sent\"}", 7}});
  // Control frames do not count as messages.
  ExpectGrowth(server,
               [&] {
                 client.SendFrame({.opcode = kOpPing, .payload = "hello"});
                 client.ReadFrame();
                 client.Echo("x");
               },
               {{"drawbridge_messages_total{direction=\"received\"}", 1},
                {"drawbridge_messages_total{direction=\"sent\"}", 1}});
}

TEST(MetricsTest, EachWayOfRefusal) {
  Flags flags = TestFlags();
  flags.handshake_timeout = milliseconds(300);
  flags.max_connections_per_address = 3;
  RunningServer server(flags);
  const std::string& address = server.address();
  const auto ask = [&address](const std::string& request) {
    return [&address, request] {
      Client client = Client::Dial(address);
      client.Send(request);
      client.ReadResponse();
    };
  };
  ExpectGrowth(server, ask("nonsense\r\n\r\n"), {{Handshakes("bad_request"), 1}});
  ExpectGrowth(server, ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), {{Handshakes("not_websocket"), 1}});
  ExpectGrowth(server, ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n"), {{Handshakes("not_websocket"), 1}});
  ExpectGrowth(server, ask("POST / HTTP/1.1\r\nHost: x\r\n\r\n"), {{Handshakes("not_websocket"), 1}});
  ExpectGrowth(server, ask("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
               {{Handshakes("header_too_large"), 1}});
  ExpectGrowth(server, ask("GET / HTTP/1.1\r\n"), {{Handshakes("timeout"), 1}});
  ExpectGrowth(server,
               [&] { Client::Dial(address, {.headers = {"Origin: https://evil.example"}}).Upgrade(); },
               {{Handshakes("forbidden"), 1}});
  ExpectGrowth(server, [&] { Client::Dial(address).Close(); }, {{Handshakes("disconnected"), 1}});
  std::vector<Client> crowd;
  ASSERT_TRUE(WaitUntil([&] {  // waits until the connections above have released their places
    Client client = Client::Dial(address);
    if (client.Upgrade().status == 101) crowd.push_back(std::move(client));
    return crowd.size() == 3;
  }));
  ExpectGrowth(server, [&] { EXPECT_EQ(Client::Dial(address).Upgrade().status, 429); },
               {{Handshakes("too_many"), 1}, {Handshakes("accepted"), 0}});
}

TEST(MetricsTest, AFullNode) {
  Flags flags = TestFlags();
  flags.max_connections = 1;
  flags.not_ready_when_full = true;
  RunningServer server(flags);
  EXPECT_EQ(Scrape(server.server().admin_address())["drawbridge_max_connections"], 1);
  std::vector<Client> clients;
  ExpectGrowth(server, [&] { clients.push_back(server.Open()); }, {{"drawbridge_ready", -1}});
  ExpectGrowth(server, [&] { EXPECT_EQ(Client::Dial(server.address()).Upgrade().status, 503); },
               {{Handshakes("full"), 1}});
  ExpectGrowth(server, [&] { clients.clear(); }, {{"drawbridge_ready", 1}, {"drawbridge_connections", -1}});
}

TEST(MetricsTest, WhatWaitsForAClientThatDoesNotRead) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 64 << 10;
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  const std::string metric = "drawbridge_send_queue_bytes";
  const auto queued = [&] { return Scrape(server.server().admin_address())[metric]; };
  EXPECT_EQ(queued(), 0);
  Flood flood(client, 16 << 10);
  const auto connection = server.Find(client.id());
  ASSERT_TRUE(PushUntil(flood, [&] { return connection->traffic().send_queue_bytes.Get() > 64 << 10; }));
  EXPECT_TRUE(WaitUntil([&] {
    return queued() == static_cast<double>(connection->traffic().send_queue_bytes.Get()) &&
           queued() > 64 << 10;
  })) << queued()
      << " and " << connection->traffic().send_queue_bytes.Get();
  client.Reset();
  EXPECT_TRUE(WaitUntil([&] { return queued() == 0; })) << queued();
}

TEST(MetricsTest, MessagesThatFindNoRoom) {
  Flags flags = TestFlags();
  flags.send_queue_total_bytes = 32 << 20;
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  const auto send = [&](size_t bytes) {
    grpc::ClientContext context;
    v1::SendMessageRequest request;
    v1::SendMessageResponse response;
    request.set_connection_id(client.id());
    request.mutable_message()->set_text(std::string(bytes, 'x'));
    return server.stub().SendMessage(&context, request, &response).ok();
  };
  const auto refused = [](const std::string& reason) {
    return "drawbridge_sends_refused_total{reason=\"" + reason + "\"}";
  };
  const std::string& admin = server.server().admin_address();
  EXPECT_EQ(Scrape(admin)["drawbridge_max_send_queue_memory_bytes"], 32 << 20);
  EXPECT_EQ(Scrape(admin)["drawbridge_send_queue_memory_bytes"], 0);
  int refusals = 0;
  ASSERT_TRUE(WaitUntil([&] {
    refusals = send(900'000) ? 0 : refusals + 1;
    return refusals == 20;
  }));
  EXPECT_GE(Scrape(admin)[refused("client_full")], 20);
  EXPECT_EQ(Scrape(admin)[refused("node_full")], 0);
  EXPECT_TRUE(WaitUntil([&] { return Scrape(admin)["drawbridge_send_queue_memory_bytes"] > 900'000; }));
  flags.send_queue_total_bytes = 1'000'000;
  flags.texts["send_queue_total_bytes"] = "1000000";  // the text that a reload compares
  server.server().Reload(flags);
  ExpectGrowth(server, [&] { EXPECT_FALSE(send(100)); }, {{refused("node_full"), 1}});
  client.Reset();
  EXPECT_TRUE(WaitUntil([&] { return Scrape(admin)["drawbridge_send_queue_memory_bytes"] == 0; }));
}

TEST(MetricsTest, NothingWaitsOnceTheClientReads) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 32 << 20;
  RunningServer server(flags);
  Client client = server.Open(SmallBuffers());
  const auto queued = [&] { return Scrape(server.server().admin_address())["drawbridge_send_queue_bytes"]; };
  const auto send = [&](size_t bytes) {
    grpc::ClientContext context;
    v1::SendMessageRequest request;
    v1::SendMessageResponse response;
    request.set_connection_id(client.id());
    request.mutable_message()->set_text(std::string(bytes, 'x'));
    EXPECT_TRUE(server.stub().SendMessage(&context, request, &response).ok());
  };
  // Large messages stay queued. Small ones are queued behind them and are written together.
  for (int i = 0; i < 100; ++i) send(200'000);
  for (int i = 0; i < 20; ++i) send(10);
  EXPECT_TRUE(WaitUntil([&] { return queued() > 1e6; })) << queued();
  for (int i = 0; i < 120; ++i) client.ReadFrame();
  EXPECT_TRUE(WaitUntil([&] { return queued() == 0; })) << queued();
}

TEST(MetricsTest, PingsAndTheLoop) {
  Flags flags = TestFlags();
  flags.ping_interval = milliseconds(100);
  flags.io_threads = 1;
  RunningServer server(flags);
  Client client = server.Open();
  const Growth before = Scrape(server.server().admin_address());
  const ServerFrame ping = client.ReadFrame();
  ASSERT_EQ(ping.opcode, kOpPing);
  ExpectGrowth(server, [&] { client.SendFrame({.opcode = kOpPong, .payload = ping.payload}); },
               {{"drawbridge_ping_round_trip_seconds_count", 1},
                {"drawbridge_ping_round_trip_seconds_bucket{le=\"+Inf\"}", 1}});
  const Growth after = Scrape(server.server().admin_address());
  EXPECT_GT(after.at("drawbridge_ping_round_trip_seconds_sum"), 0);
  EXPECT_GT(after.at("drawbridge_event_loop_lag_seconds_count"),
            before.at("drawbridge_event_loop_lag_seconds_count"));
}

// A server with TLS, because only then every metric exists.
class TlsMetricsTest : public ::testing::Test {
 protected:
  Flags TlsFlags() {
    Flags flags = TestFlags();
    flags.tls_cert = files_.certificate.path();
    flags.tls_key = files_.key.path();
    flags.handshake_timeout = milliseconds(500);
    return flags;
  }

  TestAuthority authority_;
  const CredentialFiles files_{authority_.Issue({{"CN", "localhost"}}, 30)};
  RunningServer server_{TlsFlags()};
};

std::string TlsHandshakes(const std::string& result, const std::string& version) {
  return "drawbridge_tls_handshakes_total{result=\"" + result + "\",version=\"" + version + "\"}";
}

TEST_F(TlsMetricsTest, HandshakesOfTls) {
  for (const auto& [version, name] :
       std::map<int, std::string>{{TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}}) {
    ClientTls tls({.authority = authority_.certificate(), .version = version});
    ExpectGrowth(
        server_, [&] { Client::Open(server_.address(), {.tls = &tls}).Echo("x"); },
        {{TlsHandshakes("ok", name), 1}, {Handshakes("accepted"), 1}, {TlsHandshakes("failed", "none"), 0}});
  }
  ExpectGrowth(server_,
               [&] {
                 Client plain = Client::Dial(server_.address());
                 plain.Send("GET / HTTP/1.1\r\n\r\n");
                 plain.DrainToEnd();
               },
               {{TlsHandshakes("failed", "none"), 1}, {Handshakes("tls_failed"), 1}});
  ExpectGrowth(server_, [&] { Client::Dial(server_.address()).DrainToEnd(); },
               {{TlsHandshakes("failed", "none"), 1}, {Handshakes("timeout"), 1}});
}

TEST_F(TlsMetricsTest, TheEndOfTheCertificate) {
  const std::string metric = "drawbridge_tls_certificate_not_after_timestamp_seconds";
  const auto days_left = [&] {
    return (Scrape(server_.server().admin_address())[metric] - static_cast<double>(::time(nullptr))) / 86400;
  };
  EXPECT_NEAR(days_left(), 30, 0.1);
  const Credentials renewed = authority_.Issue({{"CN", "localhost"}}, 90);
  files_.certificate.Replace(renewed.certificate);
  files_.key.Replace(renewed.key);
  EXPECT_TRUE(WaitUntil([&] { return days_left() > 89; })) << days_left();
}

TEST_F(TlsMetricsTest, AHundredScrapesHarmNoMessage) {
  ClientTls tls({.authority = authority_.certificate()});
  Client client = Client::Open(server_.address(), {.tls = &tls});
  Client scraper = Client::Dial(server_.server().admin_address());
  for (int i = 0; i < 100; ++i) {
    scraper.Send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    client.Echo("undisturbed");
    ASSERT_EQ(scraper.ReadResponse().status, 200);
  }
}

}  // namespace
}  // namespace drawbridge
