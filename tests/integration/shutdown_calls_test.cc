// What callers see during a shutdown: each call in progress is answered before the connection ends.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

// The code and, if there is one, the reason of ErrorInfo.
std::string NameOfStatus(const grpc::Status& status) {
  return std::to_string(status.error_code()) + " " + DetailsOf(status).reason;
}
constexpr char kNodeGone[] = "14 NODE_GONE";

// Connects the channel, so that later calls reach a server.
void Connect(RunningServer& server) {
  grpc::ClientContext context;
  v1::ListConnectionsResponse response;
  ASSERT_TRUE(server.stub().ListConnections(&context, {}, &response).ok());
}

// Regression test: such calls got CANCELLED without details.
TEST(ShutdownCallsTest, ACallInTheLastMomentHearsThatTheNodeGoes) {
  RunningServer server;
  Connect(server);
  std::atomic<bool> over = false;
  const auto call_on = [&] {
    std::map<std::string, int> heard;
    while (!over) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kPatience);
      v1::ListConnectionsResponse response;
      ++heard[NameOfStatus(server.stub().ListConnections(&context, {}, &response))];
    }
    return heard;
  };
  std::vector<std::future<std::map<std::string, int>>> callers;
  callers.reserve(4);
  for (int i = 0; i < 4; ++i) callers.push_back(std::async(std::launch::async, call_on));
  server.server().Shutdown();
  over = true;
  for (auto& caller : callers) {
    const auto heard = caller.get();
    EXPECT_TRUE(heard.contains(kNodeGone)) << ::testing::PrintToString(heard);
    for (const auto& [name, count] : heard) {
      EXPECT_TRUE(name == "0 " || name.starts_with("14 ")) << count << " calls got " << name;
    }
  }
}

TEST(ShutdownCallsTest, AWatchThatBeginsInTheLastMomentHearsIt) {
  RunningServer server;
  Connect(server);
  std::atomic<bool> over = false;
  auto caller = std::async(std::launch::async, [&] {
    std::map<std::string, int> heard;
    while (!over) ++heard[NameOfStatus(WatchStream(server.stub()).Drain())];
    return heard;
  });
  server.server().Shutdown();
  over = true;
  const auto heard = caller.get();
  EXPECT_TRUE(heard.contains(kNodeGone)) << ::testing::PrintToString(heard);
  for (const auto& [name, count] : heard) EXPECT_TRUE(name.starts_with("14 ")) << count << " got " << name;
}

TEST(ShutdownCallsTest, WhateverWaitsIsAnsweredBeforeTheConnectionEnds) {
  RunningServer server;
  Client client = server.Open();
  WatchStream watch(server.stub());
  watch.NextOf(v1::CONNECTION_EVENT_TYPE_BOOKMARK);
  const auto health = grpc::health::v1::Health::NewStub(server.channel());
  grpc::ClientContext health_context;
  const auto health_watch = health->Watch(&health_context, {});
  grpc::health::v1::HealthCheckResponse serving;
  ASSERT_TRUE(health_watch->Read(&serving));
  // Before the drain: its close frame would not show that the call of the interrupt has arrived.
  auto interrupt = StartInterrupt(server, InterruptOf(client.id()));
  client.ReadClose();
  const auto nodes = v1::NodeService::NewStub(server.channel());
  grpc::ClientContext drain_context;
  const auto drain = nodes->DrainNode(&drain_context, {});
  v1::DrainNodeResponse progress;
  ASSERT_TRUE(drain->Read(&progress));

  auto shutdown = std::async(std::launch::async, [&] { server.server().Shutdown(); });
  client.SendClose(1000);
  EXPECT_TRUE(interrupt.get().status.ok());
  while (drain->Read(&progress)) {
  }
  EXPECT_TRUE(drain->Finish().ok());
  EXPECT_TRUE(progress.done());
  EXPECT_EQ(NameOfStatus(watch.Drain()), kNodeGone);
  while (health_watch->Read(&serving)) {
  }
  EXPECT_EQ(serving.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(NameOfStatus(health_watch->Finish()), kNodeGone);
  shutdown.get();
}

}  // namespace
}  // namespace drawbridge
