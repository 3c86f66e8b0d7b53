// Calls of the control API change its metrics: interrupts, calls and watches.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "gateway/connections/registry.h"
#include "tests/integration/metric_growth.h"
#include "tests/support/running_server.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(MetricsTest, InterruptsByTheirOutcome) {
  RunningServer server;
  const std::string method = "ConnectionService/InterruptConnection";
  const std::string times = "drawbridge_interrupt_duration_seconds_count";
  const std::string slow = "drawbridge_interrupt_duration_seconds_bucket{le=\"0.025\"}";
  Client good = server.Open();
  ExpectGrowth(server,
               [&] {
                 auto reply = StartInterrupt(server, InterruptOf(good.id()));
                 good.ReadCloseAndAnswer();
                 EXPECT_TRUE(reply.get().status.ok());
               },
               {{Interrupts("closed_clean"), 1},
                {Closed("interrupted", "1008"), 1},
                {times, 1},
                {Started(method), 1},
                {Handled(method, "OK"), 1},
                {"drawbridge_control_rpc_duration_seconds_count{method=\"" + method + "\"}", 1}});
  Client deaf = server.Open();
  ExpectGrowth(server, [&] { Interrupt(server, InterruptOf(deaf.id(), milliseconds(50))); },
               {{Interrupts("closed_timeout"), 1}, {times, 1}, {slow, 0}});
  Client cut = server.Open();
  auto request = InterruptOf(cut.id());
  request.set_abort(true);
  ExpectGrowth(server, [&] { Interrupt(server, request); },
               {{Interrupts("closed_aborted"), 1}, {Closed("interrupted", "1006"), 1}});
  Client refuses = server.Open();
  ExpectGrowth(server,
               [&] {
                 auto reply = StartInterrupt(server, InterruptOf(refuses.id()));
                 refuses.ReadClose();
                 refuses.SendClose(1002);
                 EXPECT_TRUE(reply.get().status.ok());
               },
               {{Interrupts("closed_rejected"), 1}, {Interrupts("closed_clean"), 0}});
  // Interrupts of a connection that has ended, and of one that never existed, end no connection.
  request.set_allow_missing(true);
  ExpectGrowth(server, [&] { Interrupt(server, request); },
               {{Interrupts("closed_aborted"), 0}, {Handled(method, "OK"), 1}});
  ExpectGrowth(server, [&] { Interrupt(server, InterruptOf("no-such")); },
               {{times, 0}, {Handled(method, "OK"), 0}, {Started(method), 1}});
}

TEST(MetricsTest, BansAndTheRefusalsOfEachKind) {
  RunningServer server;
  const auto bans = v1::BanService::NewStub(server.channel());
  const auto refusals = [](const std::string& kind) {
    return "drawbridge_ban_refusals_total{kind=\"" + kind + "\"}";
  };
  ExpectGrowth(server,
               [&] {
                 grpc::ClientContext context;
                 v1::CreateBanRequest request;
                 request.set_ban_id("here");
                 request.mutable_ban()->set_address("127.0.0.0/8");
                 request.mutable_ban()->mutable_ttl()->set_seconds(60);
                 v1::CreateBanResponse response;
                 EXPECT_TRUE(bans->CreateBan(&context, request, &response).ok());
               },
               {{"drawbridge_bans", 1}, {Handled("BanService/CreateBan", "OK"), 1}});
  ExpectGrowth(server, [&] { Client::Dial(server.address()).Upgrade(); },
               {{refusals("address"), 1},
                {refusals("principal"), 0},
                {refusals("label"), 0},
                {refusals("token"), 0},
                {Handshakes("forbidden"), 1}});
  ExpectGrowth(server,
               [&] {
                 grpc::ClientContext context;
                 v1::DeleteBanRequest request;
                 request.set_ban_id("here");
                 v1::DeleteBanResponse response;
                 EXPECT_TRUE(bans->DeleteBan(&context, request, &response).ok());
               },
               {{"drawbridge_bans", -1}});
}

// descriptor_limit_test.cc covers evictions, refusals and failures.
TEST(MetricsTest, ConnectionsToTheControlPortWhileTheyAreOpen) {
  Flags flags = TestFlags();
  flags.control_connections = 77;
  RunningServer server(flags);
  EXPECT_EQ(Scrape(server.server().admin_address())["drawbridge_max_control_connections"], 77);
  std::vector<Client> callers;
  const std::string open = "drawbridge_control_connections";
  ExpectGrowth(server, [&] { callers.push_back(Client::Dial(server.server().control_address())); },
               {{open, 1}});
  ExpectGrowth(server, [&] { callers.clear(); }, {{open, -1}});
}

TEST(MetricsTest, ABulkInterruptCountsEach) {
  RunningServer server;
  std::vector<Client> clients;
  clients.reserve(5);
  for (int i = 0; i < 5; ++i) clients.push_back(server.Open());
  ExpectGrowth(server,
               [&] {
                 grpc::ClientContext context;
                 v1::InterruptConnectionsRequest request;
                 request.set_filter("*");
                 request.set_all(true);
                 request.set_abort(true);
                 request.set_rate_per_second(-1);
                 const auto reader = server.stub().InterruptConnections(&context, request);
                 for (v1::InterruptConnectionsResponse response; reader->Read(&response);) {
                 }
                 EXPECT_TRUE(reader->Finish().ok());
               },
               {{Interrupts("closed_aborted"), 5},
                {"drawbridge_interrupt_duration_seconds_count", 5},
                {Handled("ConnectionService/InterruptConnections", "OK"), 1}});
}

TEST(MetricsTest, CallsByMethodAndStatus) {
  RunningServer server;
  const auto get = [&server](const std::string& id) {
    return [&server, id] {
      grpc::ClientContext context;
      v1::GetConnectionRequest request;
      v1::GetConnectionResponse response;
      request.set_connection_id(id);
      server.stub().GetConnection(&context, request, &response);
    };
  };
  const std::string method = "ConnectionService/GetConnection";
  Client client = server.Open();
  ExpectGrowth(server, get(client.id()), {{Started(method), 1}, {Handled(method, "OK"), 1}});
  ExpectGrowth(server, get("Not an id"), {{Started(method), 1}, {Handled(method, "INVALID_ARGUMENT"), 1}});
  ExpectGrowth(server, get(server.registry().node().ConnectionId(99)),
               {{Started(method), 1}, {Handled(method, "NOT_FOUND"), 1}, {Handled(method, "OK"), 0}});
}

TEST(MetricsTest, ACallBeginsWithItsRequest) {
  RunningServer server;
  ExpectGrowth(server,
               [&] {
                 grpc::ClientContext context;
                 v1::BroadcastMessageRequest request;
                 v1::BroadcastMessageResponse response;
                 request.set_filter("*");
                 request.mutable_message()->set_text(std::string(9 << 20, 'x'));  // over the bound of gRPC
                 EXPECT_EQ(server.stub().BroadcastMessage(&context, request, &response).error_code(),
                           grpc::StatusCode::RESOURCE_EXHAUSTED);
               },
               {{Started("ConnectionService/BroadcastMessage"), 0}});
}

TEST(MetricsTest, AWatchIsUnderWayUntilItsCallerLeaves) {
  RunningServer server;
  const std::string method = "ConnectionService/WatchConnections";
  std::vector<WatchStream> watches;
  ExpectGrowth(server,
               [&] {
                 watches.emplace_back(server.stub());
                 watches.back().NextOf(v1::CONNECTION_EVENT_TYPE_BOOKMARK);
               },
               {{"drawbridge_watches", 1}, {Started(method), 1}, {Handled(method, "CANCELLED"), 0}});
  ExpectGrowth(server,
               [&] {
                 watches.back().End();
                 watches.clear();
               },
               {{"drawbridge_watches", -1}, {Handled(method, "CANCELLED"), 1}});
}

}  // namespace
}  // namespace drawbridge
