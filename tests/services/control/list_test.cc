// ListConnections and GetConnection, as far as they need no network.
#include "services/control/list.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;

class ListTest : public ::testing::Test {
 protected:
  v1::ListConnectionsResponse List(const v1::ListConnectionsRequest& request) {
    v1::ListConnectionsResponse response;
    const grpc::Status status =
        ListConnections(clients_.registry, clients_.clock, tokens_, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  StatusFacts Refused(const v1::ListConnectionsRequest& request) {
    v1::ListConnectionsResponse response;
    return FactsOf(ListConnections(clients_.registry, clients_.clock, tokens_, request, &response));
  }
  static v1::ListConnectionsRequest Page(int32_t size, const std::string& token = "") {
    v1::ListConnectionsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    return request;
  }

  static v1::ListConnectionsRequest Filtered(const std::string& filter, bool show_closed = false) {
    v1::ListConnectionsRequest request;
    request.set_filter(filter);
    request.set_show_closed(show_closed);
    return request;
  }
  // The ages of a whole walk in its order, where 0 is the oldest connection.
  std::vector<uint64_t> Walk(v1::ListConnectionsRequest request, int* pages = nullptr) {
    std::vector<uint64_t> ages;
    do {
      const auto response = List(request);
      for (const auto& connection : response.connections())
        ages.push_back(*clients_.registry.node().Sequence(connection.connection_id()) - 1);
      request.set_page_token(response.next_page_token());
      if (pages != nullptr) ++*pages;
    } while (!request.page_token().empty());
    return ages;
  }

  ListedClients clients_;
  const PageTokens tokens_{PageTokens::Key{1}};
};

TEST_F(ListTest, NobodyIsThere) {
  const auto response = List({});
  EXPECT_EQ(response.connections_size(), 0);
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_EQ(response.total_size(), 0);
}

TEST_F(ListTest, PagesThroughAllOldestFirst) {
  std::vector<std::string> expected;
  expected.reserve(25);
  for (int i = 0; i < 25; ++i) expected.emplace_back(clients_.Add()->info().id);
  for (const int size : {1, 3, 5, 24, 25, 26}) {
    std::vector<std::string> seen;
    std::string token;
    do {
      const auto response = List(Page(size, token));
      EXPECT_LE(response.connections_size(), size);
      EXPECT_GT(response.connections_size(), 0) << "an empty page that is not the only one";
      EXPECT_EQ(response.total_size(), 25);
      for (const auto& connection : response.connections()) seen.push_back(connection.connection_id());
      token = response.next_page_token();
    } while (!token.empty());
    EXPECT_EQ(seen, expected) << size;
  }
}

TEST_F(ListTest, SizesOfPages) {
  for (int i = 0; i < 1100; ++i) clients_.Add();
  EXPECT_EQ(List(Page(0)).connections_size(), 100);
  EXPECT_EQ(List(Page(1000)).connections_size(), 1000);
  EXPECT_EQ(List(Page(1001)).connections_size(), 1000);
  EXPECT_EQ(List(Page(INT32_MAX)).connections_size(), 1000);
  EXPECT_EQ(Refused(Page(-1)), (StatusFacts{kInvalid, "PAGE_SIZE_NEGATIVE", "page_size"}));
  EXPECT_EQ(Refused(Page(INT32_MIN)), (StatusFacts{kInvalid, "PAGE_SIZE_NEGATIVE", "page_size"}));
}

TEST_F(ListTest, WhoLeavesBetweenPagesMovesNobody) {
  for (int i = 0; i < 6; ++i) clients_.Add();
  const auto first = List(Page(2));
  clients_.End(1);
  clients_.End(2);
  const auto second = List(Page(2, first.next_page_token()));
  ASSERT_EQ(second.connections_size(), 2);
  EXPECT_EQ(second.connections(0).connection_id(), clients_.registrations[3].connection()->info().id);
  EXPECT_EQ(second.total_size(), 4);
}

TEST_F(ListTest, TheRestMayVanishBetweenPages) {
  for (int i = 0; i < 3; ++i) clients_.Add();
  const auto first = List(Page(2));
  clients_.End(2);
  const auto second = List(Page(2, first.next_page_token()));
  EXPECT_EQ(second.connections_size(), 0);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(ListTest, OnlyTokensOfThisListAreTaken) {
  for (int i = 0; i < 3; ++i) clients_.Add();
  const StatusFacts invalid{kInvalid, "PAGE_TOKEN_INVALID", "page_token"};
  const std::string token = List(Page(1)).next_page_token();
  for (const std::string& bad : {std::string("x"), std::string("abcd1234-1"), token + "x", token.substr(1),
                                 PageTokens().Make({.incarnation = "abcd1234"}, 1),
                                 tokens_.Make({.incarnation = "abcd1235"}, 1), std::string(5000, '1')}) {
    EXPECT_EQ(Refused(Page(1, bad)), invalid) << bad;
  }
  auto request = Page(1, token);
  request.set_filter("path = \"\"");
  EXPECT_EQ(Refused(request), invalid) << "of the list without a filter";
  request = Page(1, token);
  request.set_show_closed(true);
  EXPECT_EQ(Refused(request), invalid) << "of the list without the closed";
  EXPECT_EQ(List(Page(1000, token)).connections_size(), 2) << "the size of a page may change";
}

TEST_F(ListTest, AFilterChoosesAndIsKeptOverPages) {
  for (int i = 0; i < 30; ++i) clients_.Add({.path = i % 3 == 0 ? "/a" : "/b"});
  auto request = Filtered("path = /a");
  request.set_page_size(4);
  int pages = 0;
  EXPECT_EQ(Walk(request, &pages), (std::vector<uint64_t>{0, 3, 6, 9, 12, 15, 18, 21, 24, 27}));
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(List(request).total_size(), -1);
  request.set_page_size(10);
  EXPECT_EQ(List(request).next_page_token(), "") << "no empty page behind the last";
  EXPECT_EQ(Walk(Filtered("path = /c")), std::vector<uint64_t>());
}

TEST_F(ListTest, APageEndsBeforeItIsTooLongForAClient) {
  std::vector<uint64_t> everybody;
  for (uint64_t i = 0; i < 40; ++i) {
    clients_.Add({.principal = std::string(400'000, 'x')});
    everybody.push_back(i);
  }
  for (const int size : {1, 3, 7, 8, 40, 1000}) {
    int pages = 0;
    v1::ListConnectionsRequest request = Page(size);
    EXPECT_LE(List(request).ByteSizeLong(), size_t{3} << 20) << size;
    EXPECT_EQ(Walk(request, &pages), everybody) << size;
    EXPECT_EQ(pages, size == 1 ? 40 : size == 3 ? 14 : 6) << size;
  }
  clients_.End(20);
  auto request = Page(1000);
  request.set_show_closed(true);
  EXPECT_EQ(Walk(request), everybody) << "the closed among them";
}

TEST_F(ListTest, AConnectionThatIsLongerThanAPageIsShownAlone) {
  clients_.Add();
  clients_.Add({.principal = std::string(5'000'000, 'x')});
  clients_.Add();
  int pages = 0;
  EXPECT_EQ(Walk(Page(1000), &pages), (std::vector<uint64_t>{0, 1, 2}));
  EXPECT_EQ(pages, 3);
}

TEST_F(ListTest, TheTotalIsKnownWhereAnIndexKnowsIt) {
  for (int i = 0; i < 30; ++i) clients_.Add({.principal = i < 10 ? "alice" : ""});
  clients_.Label(*clients_.registrations[3].connection(), {{"tier", "gold"}});
  const std::string id(clients_.registrations[3].connection()->info().id);
  clients_.End(0);
  const std::vector<std::pair<std::string, int64_t>> cases = {
      {"*", 29},
      {"principal = alice", 9},
      {"labels.tier = gold", 1},
      {"connection_id = " + id, 1},
      {"principal != alice", -1},
      {"NOT principal = alice", -1},
      {"principal = \"\"", -1},
      {"principal = \"ali*\"", -1},
      {"principal = alice AND tls = false", -1},
      {"principal = alice OR labels.tier = gold", -1}};
  for (const auto& [filter, total] : cases) {
    auto request = Filtered(filter, true);
    request.set_page_size(1);
    EXPECT_EQ(List(request).total_size(), total) << filter;
  }
}

TEST_F(ListTest, ABadFilterIsNamed) {
  v1::ListConnectionsResponse response;
  for (const std::string filter : {"pth = a", " ", "path = a AND path = b OR path = c"}) {
    const auto request = Filtered(filter);
    EXPECT_EQ(Refused(request), (StatusFacts{kInvalid, "FILTER_INVALID", "filter"})) << filter;
  }
  const grpc::Status status =
      ListConnections(clients_.registry, clients_.clock, tokens_, Filtered("tls = true AND x"), &response);
  EXPECT_EQ(status.error_message(), "filter: column 17: expected one of = != < <= > >= :, found the end");
}

TEST_F(ListTest, APageLooksAtNoMoreThanItsBudget) {
  for (int i = 0; i < 120'000; ++i) clients_.Add({.path = i == 119'000 ? "/rare" : "/"});
  const auto request = Filtered("path = /rare");
  const auto first = List(request);
  EXPECT_EQ(first.connections_size(), 0);
  EXPECT_NE(first.next_page_token(), "");
  int pages = 0;
  EXPECT_EQ(Walk(request, &pages), std::vector<uint64_t>{119'000});
  EXPECT_GE(pages, 5);
  EXPECT_LE(pages, 6);
}

TEST_F(ListTest, TheIndexFindsTheNeedleInOnePage) {
  for (int i = 0; i < 120'000; ++i) clients_.Add({.principal = i == 119'000 ? "rare" : ""});
  clients_.Label(*clients_.registrations[118'000].connection(), {{"k", "rare"}});
  const std::string id(clients_.registrations[117'000].connection()->info().id);
  const std::vector<std::pair<std::string, uint64_t>> cases = {
      {"principal = rare", 119'000}, {"labels.k = rare", 118'000}, {"connection_id = " + id, 117'000}};
  for (const auto& [filter, age] : cases) {
    int pages = 0;
    EXPECT_EQ(Walk(Filtered(filter), &pages), std::vector<uint64_t>{age}) << filter;
    EXPECT_EQ(pages, 1) << filter;
  }
}

TEST_F(ListTest, ShowsTheClosedAmongTheOpenOldestFirst) {
  for (int i = 0; i < 8; ++i) clients_.Add({.path = i % 2 == 0 ? "/a" : "/b"});
  for (const size_t closed : {5, 0, 3, 6}) clients_.End(closed);
  EXPECT_EQ(Walk(Filtered("")), (std::vector<uint64_t>{1, 2, 4, 7}));
  auto request = Filtered("", true);
  EXPECT_EQ(List(request).total_size(), 4) << "of the open";
  for (const int size : {1, 3, 8, 9}) {
    request.set_page_size(size);
    EXPECT_EQ(Walk(request), (std::vector<uint64_t>{0, 1, 2, 3, 4, 5, 6, 7})) << size;
  }
  EXPECT_EQ(List(request).connections(3).state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(List(request).connections(3).close().cause(), "disconnected");
  EXPECT_EQ(List(request).connections(4).state(), v1::CONNECTION_STATE_OPEN);
  EXPECT_EQ(Walk(Filtered("state = CLOSED AND path = /a", true)), (std::vector<uint64_t>{0, 6}));
  EXPECT_EQ(Walk(Filtered("state = CLOSED")), std::vector<uint64_t>());
  clients_.clock.Advance(std::chrono::minutes(5));
  EXPECT_EQ(Walk(request), (std::vector<uint64_t>{1, 2, 4, 7})) << "forgotten";
}

TEST_F(ListTest, TheIndexFindsTheClosedToo) {
  for (int i = 0; i < 6; ++i) clients_.Add({.principal = i < 4 ? "alice" : "bob"});
  clients_.Label(*clients_.registrations[2].connection(), {{"k", "v"}});
  const std::string id(clients_.registrations[2].connection()->info().id);
  for (const size_t closed : {2, 5, 1}) clients_.End(closed);
  EXPECT_EQ(Walk(Filtered("principal = alice", true)), (std::vector<uint64_t>{0, 1, 2, 3}));
  EXPECT_EQ(Walk(Filtered("principal = alice")), (std::vector<uint64_t>{0, 3}));
  EXPECT_EQ(Walk(Filtered("labels.k = v", true)), std::vector<uint64_t>{2});
  EXPECT_EQ(Walk(Filtered("labels.k = v")), std::vector<uint64_t>());
  EXPECT_EQ(Walk(Filtered("connection_id = " + id, true)), std::vector<uint64_t>{2});
}

TEST_F(ListTest, GetsTheOpenAndTheRecentlyClosed) {
  v1::GetConnectionRequest request;
  v1::GetConnectionResponse response;
  request.set_connection_id(std::string(clients_.Add({.path = "/p"})->info().id));
  ASSERT_TRUE(GetConnection(clients_.registry, clients_.clock, request, &response).ok());
  EXPECT_EQ(response.connection().connection_id(), request.connection_id());
  EXPECT_EQ(response.connection().path(), "/p");
  EXPECT_EQ(response.connection().node_id(), "node-a");
  EXPECT_EQ(response.connection().state(), v1::CONNECTION_STATE_OPEN);

  clients_.End(0);
  response.Clear();
  ASSERT_TRUE(GetConnection(clients_.registry, clients_.clock, request, &response).ok());
  EXPECT_EQ(response.connection().state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_EQ(response.connection().close().cause(), "disconnected");

  clients_.clock.Advance(std::chrono::minutes(5));
  EXPECT_EQ(FactsOf(GetConnection(clients_.registry, clients_.clock, request, &response)),
            (StatusFacts{grpc::StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND"}));
}

TEST_F(ListTest, GetRefusesWhatIsNoId) {
  v1::GetConnectionResponse response;
  for (const std::string& id :
       {std::string(), std::string("ABC"), std::string("a_b"), std::string(33, 'a')}) {
    v1::GetConnectionRequest request;
    request.set_connection_id(id);
    EXPECT_EQ(FactsOf(GetConnection(clients_.registry, clients_.clock, request, &response)),
              (StatusFacts{kInvalid, "CONNECTION_ID_MALFORMED", "connection_id"}))
        << id;
  }
}

}  // namespace
}  // namespace drawbridge
