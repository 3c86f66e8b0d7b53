// BroadcastMessage over a real channel: which clients receive the message, in which order, and which miss it.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

v1::BroadcastMessageResponse Broadcast(RunningServer& server, const std::string& text,
                                       const std::string& filter = "*") {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::BroadcastMessageRequest request;
  v1::BroadcastMessageResponse response;
  request.set_filter(filter);
  request.mutable_message()->set_text(text);
  const grpc::Status status = server.stub().BroadcastMessage(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.matched_count(), response.queued_count() + response.dropped_count());
  return response;
}

grpc::Status Send(RunningServer& server, const std::string& id, const std::string& text) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::SendMessageRequest request;
  v1::SendMessageResponse response;
  request.set_connection_id(id);
  request.mutable_message()->set_text(text);
  return server.stub().SendMessage(&context, request, &response);
}

TEST(BroadcastTest, ComesToAllThatMatchOnce) {
  RunningServer server;
  std::vector<Client> chosen;
  while (chosen.size() < 50) chosen.push_back(server.Open({.target = "/chat"}));
  Client other = server.Open({.target = "/news"});
  EXPECT_EQ(Broadcast(server, "hello", "path = \"/chat\"").queued_count(), 50);
  for (Client& client : chosen) {
    const ServerFrame frame = client.ReadFrame();
    EXPECT_EQ(frame.opcode, kOpText);
    EXPECT_EQ(frame.payload, "hello");
    client.Echo("and nothing else");
  }
  other.Echo("nothing came");
  EXPECT_EQ(server.Get(chosen[0].id()).sent_messages(), 2u);
  EXPECT_EQ(Broadcast(server, "hello", "path = \"/nowhere\"").matched_count(), 0);
}

TEST(BroadcastTest, KeepsTheOrderOfWhatIsSentBesides) {
  constexpr int kEach = 50;
  RunningServer server;
  std::vector<Client> clients;
  while (clients.size() < 4) clients.push_back(server.Open());
  // Broadcasts of another caller do not change the order of this caller's broadcasts.
  std::thread noise([&] {
    for (int i = 0; i < kEach; ++i) Broadcast(server, "noise");
  });
  for (int i = 0; i < kEach; ++i) {
    for (const Client& client : clients)
      EXPECT_TRUE(Send(server, client.id(), "single " + std::to_string(i)).ok());
    EXPECT_EQ(Broadcast(server, "all " + std::to_string(i)).queued_count(), 4);
  }
  noise.join();
  for (Client& client : clients) {
    const auto next = [&] {
      std::string text = client.ReadFrame().payload;
      while (text == "noise") text = client.ReadFrame().payload;
      return text;
    };
    for (int i = 0; i < kEach; ++i) {
      ASSERT_EQ(next(), "single " + std::to_string(i));
      ASSERT_EQ(next(), "all " + std::to_string(i));
    }
  }
}

TEST(BroadcastTest, WhoDoesNotReadIsDroppedAndTheOthersGetIt) {
  RunningServer server;
  Client slow = server.Open(SmallBuffers());
  const std::string text(100 * 1024, 'x');
  int refused = 0;
  ASSERT_TRUE(WaitUntil([&] {
    refused = Send(server, slow.id(), text).ok() ? 0 : refused + 1;
    return refused == 20;
  }));
  while (Send(server, slow.id(), "hallo").ok()) {  // fills the remaining room in the queue
  }
  Client before = server.Open();
  Client after = server.Open();
  const auto response = Broadcast(server, "hello");
  EXPECT_EQ(response.matched_count(), 3);
  EXPECT_EQ(response.queued_count(), 2);
  EXPECT_EQ(response.dropped_count(), 1);
  EXPECT_EQ(before.ReadFrame().payload, "hello");
  EXPECT_EQ(after.ReadFrame().payload, "hello");
  // A message that was dropped is not delivered later.
  const auto again = [&] { return Send(server, slow.id(), "again").ok(); };
  while (!again()) slow.ReadFrame();
  std::string next = slow.ReadFrame().payload;
  while (next == text || next == "hallo") next = slow.ReadFrame().payload;
  EXPECT_EQ(next, "again");
}

TEST(BroadcastTest, WhoIsClosingIsNotCounted) {
  RunningServer server;
  Client closing = server.Open();
  Client open = server.Open();
  auto interrupt = StartInterrupt(server, InterruptOf(closing.id()));
  server.WaitUntilClosing(closing.id());
  EXPECT_EQ(Broadcast(server, "hello").matched_count(), 1);
  EXPECT_EQ(open.ReadFrame().payload, "hello");
  EXPECT_EQ(closing.ReadCloseAndAnswer().code(), 1008);
  EXPECT_TRUE(interrupt.get().status.ok());
}

}  // namespace
}  // namespace drawbridge
