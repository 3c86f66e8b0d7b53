// A node that is resumed during or after a drain, and a drain that a shutdown takes over.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "gateway/listener/listener.h"
#include "tests/integration/drain_calls.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::hours;
using std::chrono::milliseconds;

TEST_F(DrainTest, AResumedNodeServesAgain) {
  auto clients = OpenMany(3);
  DrainStream drain(*nodes_, DrainOver(hours(1)));
  drain.Next();
  ASSERT_TRUE(WaitUntil([&] { return Refused(); }));
  ASSERT_TRUE(Resume().ok());
  EXPECT_EQ(resumed_.node().state(), v1::NODE_STATE_SERVING);
  const grpc::Status status = drain.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_RESUMED");
  EXPECT_TRUE(IsReady());
  Client fresh = server_.Open();
  fresh.Echo("hello");
  for (Client& client : clients) client.Echo("still here");
}

TEST_F(DrainTest, ADrainedNodeServesAgainAndCanBeDrainedAgain) {
  for (int i = 0; i < 3; ++i) {
    auto clients = OpenMany(2);
    DrainStream drain(*nodes_, DrainOver(milliseconds(0)));
    for (Client& client : clients) client.ReadCloseAndAnswer();
    ASSERT_TRUE(drain.End().ok());
    EXPECT_EQ(drain.last.closed_count(), 2) << "of this drain";
    EXPECT_FALSE(IsReady());
    ASSERT_TRUE(Resume("test-node").ok());
    EXPECT_TRUE(IsReady());
  }
}

TEST_F(DrainTest, AServingNodeIsResumedWithoutEffect) {
  Client client = server_.Open();
  EXPECT_TRUE(Resume().ok());
  client.Echo("hello");
}

TEST_F(DrainTest, ItStaysDrainedWhereItsPortIsTaken) {
  DrainStream drain(*nodes_, DrainOver(milliseconds(0)));
  ASSERT_TRUE(drain.End().ok());
  {
    const ListenSocket thief(server_.address());
    const grpc::Status status = Resume();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(DetailsOf(status).reason, "CANNOT_LISTEN");
    EXPECT_THAT(status.error_message(), ::testing::HasSubstr(server_.address()));
    EXPECT_EQ(Node().state(), v1::NODE_STATE_DRAINED);
  }
  EXPECT_TRUE(Resume().ok());
  server_.Open().Echo("hello");
}

TEST_F(DrainTest, AnotherNodeIsNotResumedHere) {
  const grpc::Status status = Resume("other");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_NOT_FOUND");
}

TEST_F(DrainTest, DuringAShutdownNobodyElseDrainsOrResumes) {
  Client client = server_.Open();
  std::thread shutdown([&] { server_.server().Shutdown({.not_ready = hours(1), .spread = {}}); });
  ASSERT_TRUE(Becomes(v1::NODE_STATE_DRAINING));
  DrainStream drain(*nodes_, DrainOver(milliseconds(0)));
  grpc::Status status = drain.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_SHUTTING_DOWN");
  status = Resume();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_SHUTTING_DOWN");
  client.Echo("not yet");
  server_.server().HastenShutdown();
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1001);
  shutdown.join();
}

TEST_F(DrainTest, AShutdownTakesADrainOver) {
  auto clients = OpenMany(3);
  DrainStream drain(*nodes_, DrainOver(hours(1)));
  drain.Next();
  std::thread shutdown([&] { EXPECT_EQ(server_.server().Shutdown(), 3); });
  for (Client& client : clients) EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1001);
  EXPECT_TRUE(drain.End().ok()) << "its caller is told before the control plane ends";
  EXPECT_TRUE(drain.last.done());
  shutdown.join();
}

}  // namespace
}  // namespace drawbridge
