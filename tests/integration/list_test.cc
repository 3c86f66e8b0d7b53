// ListConnections over a real channel: pages, bounds, refusals, and correct results during heavy churn.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

struct ListReply {
  grpc::Status status;
  v1::ListConnectionsResponse response;
};

ListReply List(RunningServer& server, const v1::ListConnectionsRequest& request) {
  grpc::ClientContext context;
  ListReply reply;
  reply.status = server.stub().ListConnections(&context, request, &reply.response);
  return reply;
}

v1::ListConnectionsRequest PageOf(int size) {
  v1::ListConnectionsRequest request;
  request.set_page_size(size);
  return request;
}

// The ids of a complete walk, in order.
std::vector<std::string> Walk(RunningServer& server, int page_size) {
  std::vector<std::string> ids;
  v1::ListConnectionsRequest request = PageOf(page_size);
  do {
    const ListReply reply = List(server, request);
    EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
    EXPECT_LE(reply.response.connections_size(), page_size);
    for (const auto& connection : reply.response.connections()) ids.push_back(connection.connection_id());
    request.set_page_token(reply.response.next_page_token());
  } while (!request.page_token().empty());
  return ids;
}

std::vector<Client> OpenMany(RunningServer& server, size_t count) {
  std::vector<Client> clients;
  while (clients.size() < count) clients.push_back(server.Open());
  return clients;
}

TEST(ListTest, NobodyIsAnEmptyPage) {
  RunningServer server;
  const ListReply reply = List(server, {});
  ASSERT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.connections_size(), 0);
  EXPECT_EQ(reply.response.next_page_token(), "");
  EXPECT_EQ(reply.response.total_size(), 0);
}

TEST(ListTest, PagesHoldEverybodyOldestFirst) {
  RunningServer server;
  const auto clients = OpenMany(server, 25);
  std::vector<std::string> expected;
  expected.reserve(clients.size());
  for (const Client& client : clients) expected.push_back(client.id());
  for (const int page_size : {1, 7, 24, 25, 26, 1000})
    EXPECT_EQ(Walk(server, page_size), expected) << page_size;
  EXPECT_EQ(List(server, PageOf(7)).response.total_size(), 25);
  EXPECT_EQ(List(server, PageOf(25)).response.next_page_token(), "") << "no empty page behind the last";
}

TEST(ListTest, PageSizeOf0Is100AndMoreThan1000Is1000) {
  rlimit descriptors{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &descriptors), 0);
  descriptors.rlim_cur = std::min<rlim_t>(descriptors.rlim_max, 4096);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &descriptors), 0);
  Flags flags = TestFlags();
  flags.max_connections = 1100;
  RunningServer server(flags);
  const auto clients = OpenMany(server, 1001);
  EXPECT_EQ(List(server, PageOf(0)).response.connections_size(), 100);
  EXPECT_EQ(List(server, PageOf(1000)).response.connections_size(), 1000);
  const ListReply reply = List(server, PageOf(1'000'000));
  EXPECT_EQ(reply.response.connections_size(), 1000);
  EXPECT_NE(reply.response.next_page_token(), "");
  EXPECT_EQ(reply.response.total_size(), 1001);
}

TEST(ListTest, WhoeverEndedIsInNoLaterPage) {
  RunningServer server;
  auto clients = OpenMany(server, 10);
  v1::ListConnectionsRequest request = PageOf(5);
  request.set_page_token(List(server, request).response.next_page_token());
  auto abort = InterruptOf(clients[7].id());
  abort.set_abort(true);
  ASSERT_TRUE(Interrupt(server, abort).status.ok());
  const ListReply reply = List(server, request);
  ASSERT_EQ(reply.response.connections_size(), 4);
  EXPECT_EQ(reply.response.connections(2).connection_id(), clients[8].id());
  EXPECT_EQ(reply.response.total_size(), 9);
}

void ExpectRefused(RunningServer& server, const v1::ListConnectionsRequest& request,
                   const std::string& reason, const std::string& field) {
  const ListReply reply = List(server, request);
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const StatusDetails details = DetailsOf(reply.status);
  EXPECT_EQ(details.domain, "drawbridge");
  EXPECT_EQ(details.reason, reason);
  EXPECT_EQ(details.field, field);
}

TEST(ListTest, RefusesWhatItCannotServe) {
  RunningServer server;
  const auto clients = OpenMany(server, 2);
  ExpectRefused(server, PageOf(-1), "PAGE_SIZE_NEGATIVE", "page_size");

  v1::ListConnectionsRequest filtered;
  filtered.set_filter("path = \"/\" AND pth = a");
  ExpectRefused(server, filtered, "FILTER_INVALID", "filter");
  EXPECT_THAT(List(server, filtered).status.error_message(),
              ::testing::StartsWith("filter: column 16: expected a field, found \"pth\""));

  const std::string token = List(server, PageOf(1)).response.next_page_token();
  for (const std::string& bad : {std::string("x"), std::string("1"), token + "x", "x" + token, token + " ",
                                 token.substr(1), token.substr(0, token.size() - 1)}) {
    v1::ListConnectionsRequest request = PageOf(1);
    request.set_page_token(bad);
    ExpectRefused(server, request, "PAGE_TOKEN_INVALID", "page_token");
  }
  v1::ListConnectionsRequest other = PageOf(1);
  other.set_page_token(token);
  other.set_filter("path:*");
  ExpectRefused(server, other, "PAGE_TOKEN_INVALID", "page_token");
}

std::vector<std::string> Ids(const v1::ListConnectionsResponse& response) {
  std::vector<std::string> ids;
  for (const auto& connection : response.connections()) ids.push_back(connection.connection_id());
  return ids;
}

TEST(ListTest, AFilterChoosesRealClients) {
  RunningServer server;
  Client chat = server.Open({.target = "/chat/1", .headers = {"User-Agent: probe/1.0"}});
  const Client news = server.Open({.target = "/news"});
  chat.Echo("hello");
  const auto list = [&](const std::string& filter) {
    v1::ListConnectionsRequest request;
    request.set_filter(filter);
    const ListReply reply = List(server, request);
    EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
    return Ids(reply.response);
  };
  using Expected = std::vector<std::string>;
  EXPECT_EQ(list("path = \"/chat*\""), Expected{chat.id()});
  EXPECT_EQ(list("NOT path = \"/chat*\""), Expected{news.id()});
  EXPECT_EQ(list("connection_id = " + news.id()), Expected{news.id()});
  EXPECT_EQ(list("remote_address = \"" + chat.local_address() + "\""), Expected{chat.id()});
  EXPECT_EQ(list("cidr(remote_address, 127.0.0.0/8) AND node_id = test-node"),
            (Expected{chat.id(), news.id()}));
  EXPECT_EQ(list("user_agent:probe AND state = OPEN AND tls = false"), Expected{chat.id()});
  EXPECT_EQ(list("received_messages >= 1 AND sent_bytes = 5"), Expected{chat.id()});
  EXPECT_EQ(list("last_receive_time:* AND last_receive_time > -1h"), Expected{chat.id()});
  EXPECT_EQ(list("create_time < -1h"), Expected{});
}

TEST(ListTest, ShowsTheClosedOnDemand) {
  RunningServer server;
  auto clients = OpenMany(server, 3);
  ASSERT_TRUE(Interrupt(server,
                        [&] {
                          auto request = InterruptOf(clients[1].id());
                          request.set_abort(true);
                          return request;
                        }())
                  .status.ok());
  v1::ListConnectionsRequest request = PageOf(2);
  EXPECT_EQ(List(server, request).response.connections_size(), 2);
  request.set_show_closed(true);
  const ListReply first = List(server, request);
  ASSERT_TRUE(first.status.ok());
  EXPECT_EQ(Ids(first.response), (std::vector<std::string>{clients[0].id(), clients[1].id()}));
  EXPECT_EQ(first.response.connections(1).state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(first.response.connections(1).close().cause(), "interrupted");
  EXPECT_EQ(first.response.total_size(), 2);
  request.set_page_token(first.response.next_page_token());
  EXPECT_EQ(Ids(List(server, request).response), std::vector<std::string>{clients[2].id()});
}

TEST(ListTest, TokenOfAnotherIncarnationIsRefused) {
  RunningServer before;
  RunningServer after;
  const auto clients = OpenMany(before, 2);
  v1::ListConnectionsRequest request = PageOf(1);
  request.set_page_token(List(before, request).response.next_page_token());
  ASSERT_NE(request.page_token(), "");
  ExpectRefused(after, request, "PAGE_TOKEN_INVALID", "page_token");
}

// Opens and closes clients in every way until `stop` is set.
void Churn(RunningServer& server, const std::atomic<bool>& stop, std::atomic<int>& opened) {
  for (int i = 0; !stop; ++i) {
    Client client = server.Open();
    ++opened;
    if (i % 3 == 0) client.Reset();
    if (i % 3 == 1) {
      client.SendClose(1000);
      client.ReadClose();
    }
  }
}

TEST(ListTest, NeverMissesNorRepeatsWhoStayedDuringHeavyChurn) {
  RunningServer server;
  std::atomic<bool> stop = false;
  std::atomic<int> opened = 0;
  std::vector<std::thread> churning;
  churning.reserve(3);
  for (int i = 0; i < 3; ++i) churning.emplace_back([&] { Churn(server, stop, opened); });
  std::vector<Client> stayers;  // opened at different times during the churn
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(WaitUntil([&] { return opened > 10 * i; }));
    stayers.push_back(server.Open());
  }
  const int before = opened;
  int walks = 0;
  for (; walks < 30 || opened < before + 300; ++walks) {
    std::map<std::string, int> seen;
    for (const std::string& id : Walk(server, 3)) ++seen[id];
    for (const Client& stayer : stayers) EXPECT_EQ(seen[stayer.id()], 1) << stayer.id();
    for (const auto& [id, times] : seen) EXPECT_LE(times, 1) << id;
  }
  stop = true;
  for (std::thread& thread : churning) thread.join();
  // Clients that have disconnected are no longer listed.
  EXPECT_TRUE(WaitUntil([&] { return List(server, {}).response.total_size() == 20; }));
  RecordProperty("walks", walks);
  RecordProperty("clients", opened);
}

}  // namespace
}  // namespace drawbridge
