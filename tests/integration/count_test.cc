// CountConnections over a real channel, with real clients.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

struct CountReply {
  grpc::Status status;
  v1::CountConnectionsResponse response;
};

CountReply Count(RunningServer& server, const std::string& filter, const std::string& group_by = "") {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::CountConnectionsRequest request;
  request.set_filter(filter);
  request.set_group_by(group_by);
  CountReply reply;
  reply.status = server.stub().CountConnections(&context, request, &reply.response);
  return reply;
}

TEST(CountTest, CountsRealClientsByPath) {
  RunningServer server;
  EXPECT_EQ(Count(server, "").response.total_count(), 0);
  std::vector<Client> clients;
  for (const std::string target : {"/chat", "/chat?token=x", "/news"})
    clients.push_back(server.Open({.target = target}));
  EXPECT_EQ(Count(server, "").response.total_count(), 3);
  EXPECT_EQ(Count(server, "path = /news").response.total_count(), 1);
  const CountReply reply = Count(server, "*", "path");
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  ASSERT_EQ(reply.response.groups_size(), 2);
  EXPECT_EQ(reply.response.groups(0).value(), "/chat");
  EXPECT_EQ(reply.response.groups(0).count(), 2);
  EXPECT_EQ(reply.response.groups(1).value(), "/news");

  auto abort = InterruptOf(clients[0].id());
  abort.set_abort(true);
  ASSERT_TRUE(Interrupt(server, abort).status.ok());
  EXPECT_EQ(Count(server, "path = /chat").response.total_count(), 1) << "who ended is counted no more";
}

TEST(CountTest, MoreCountsAtOnceThanThereIsRoomForAreRefusedAndTheOthersAreRight) {
  RunningServer server;
  std::vector<Client> clients;
  while (clients.size() < 20) clients.push_back(server.Open({.target = "/chat"}));
  std::atomic<int> counted = 0;
  std::vector<std::thread> callers;
  callers.reserve(64);
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        const CountReply reply = Count(server, "path = /chat", "path");
        if (reply.status.ok()) {
          EXPECT_EQ(reply.response.total_count(), 20);
          ++counted;
        } else {
          EXPECT_EQ(DetailsOf(reply.status).reason, "TOO_MANY_COUNTS");
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(counted, 0);
  EXPECT_TRUE(Count(server, "path = /chat").status.ok()) << "the room is given back";
}

}  // namespace
}  // namespace drawbridge
