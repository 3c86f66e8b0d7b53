// The health and readiness probes of a node in each phase of its life.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "gateway/connections/connection.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/running_server.h"
#include "tests/support/scrape.h"

namespace drawbridge {
namespace {

using Health = grpc::health::v1::HealthCheckResponse;

HttpResponse Ask(RunningServer& server, const std::string& path) {
  return AskAdmin(server.server().admin_address(), path);
}

Health::ServingStatus HealthOf(RunningServer& server, const std::string& service) {
  const auto health = grpc::health::v1::Health::NewStub(server.channel());
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  Health response;
  request.set_service(service);
  EXPECT_TRUE(health->Check(&context, request, &response).ok());
  return response.status();
}

constexpr char kControl[] = "drawbridge.control.v1.ConnectionService";

TEST(AdminTest, ANodeThatServesIsHealthyAndReady) {
  RunningServer server;
  EXPECT_EQ(Ask(server, "/healthz").status, 200);
  EXPECT_EQ(Ask(server, "/readyz").status, 200);
  EXPECT_EQ(Ask(server, "/metrics").headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(Ask(server, "/").status, 200);
  EXPECT_EQ(Ask(server, "/nothing").status, 404);
}

TEST(AdminTest, AFullNodeIsNotReadyAndStillHealthy) {
  Flags flags = TestFlags();
  flags.max_connections = 2;
  flags.not_ready_when_full = true;
  RunningServer server(flags);
  std::vector<Client> clients;
  clients.push_back(server.Open());
  EXPECT_EQ(Ask(server, "/readyz").status, 200);
  clients.push_back(server.Open());
  const HttpResponse full = Ask(server, "/readyz");
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.body, "full: all 2 places for clients are taken\n");
  EXPECT_EQ(Ask(server, "/healthz").status, 200);
  EXPECT_TRUE(WaitUntil([&] { return HealthOf(server, "") == Health::NOT_SERVING; }));
  EXPECT_EQ(HealthOf(server, kControl), Health::SERVING) << "it is what makes room";
  clients.clear();
  EXPECT_TRUE(WaitUntil([&] { return Ask(server, "/readyz").status == 200; }));
  EXPECT_TRUE(WaitUntil([&] { return HealthOf(server, "") == Health::SERVING; }));
}

TEST(AdminTest, AFullNodeIsReadyUnlessToldOtherwise) {
  Flags flags = TestFlags();
  flags.max_connections = 1;
  RunningServer server(flags);
  const Client client = server.Open();
  EXPECT_EQ(Client::Dial(server.address()).Upgrade().status, 503);
  EXPECT_EQ(Ask(server, "/readyz").status, 200);
}

TEST(AdminTest, ANodeThatGoesIsNotReadyFromTheFirstGoodbye) {
  RunningServer server;
  Client client = server.Open();
  auto shutdown = std::async(std::launch::async, [&] { return server.server().Shutdown(); });
  client.ReadClose();
  const HttpResponse draining = Ask(server, "/readyz");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(draining.body, "draining: the node is being emptied\n");
  EXPECT_EQ(Ask(server, "/healthz").status, 200);
  EXPECT_EQ(Scrape(server.server().admin_address())["drawbridge_ready"], 0);
  EXPECT_EQ(HealthOf(server, ""), Health::NOT_SERVING);
  EXPECT_EQ(HealthOf(server, kControl), Health::SERVING) << "who empties a node asks it how far it is";
  client.SendClose(1001);
  EXPECT_EQ(shutdown.get(), 1);
  EXPECT_EQ(Ask(server, "/readyz").body, "drained: the node was emptied and not resumed\n")
      << "to the very end";
}

// A waiter is called on the connection's I/O thread. A waiter that does not return blocks that thread.
TEST(AdminTest, AThreadThatIsStuckIsNamed) {
  RunningServer server;
  Client client = server.Open();
  std::promise<void> go_on;
  server.Find(client.id())->WhenClosed([&go_on](const CloseResult&) { go_on.get_future().wait(); });
  client.SendClose(1000);
  HttpResponse sick;
  EXPECT_TRUE(WaitUntil([&] { return (sick = Ask(server, "/healthz")).status == 503; }));
  EXPECT_THAT(sick.body, ::testing::MatchesRegex("stuck: I/O thread [01] for 5\\.[0-9] s\n"));
  EXPECT_EQ(Ask(server, "/metrics").status, 200);
  go_on.set_value();
  EXPECT_TRUE(WaitUntil([&] { return Ask(server, "/healthz").status == 200; }));
}

}  // namespace
}  // namespace drawbridge
