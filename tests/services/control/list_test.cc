// Listing and getting connections, as far as no network is needed for it.
#include "services/control/list.h"

#include <cstdint>
#include <string>
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
    const grpc::Status status = ListConnections(clients_.registry, clients_.clock, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  StatusFacts Refused(const v1::ListConnectionsRequest& request) {
    v1::ListConnectionsResponse response;
    return FactsOf(ListConnections(clients_.registry, clients_.clock, request, &response));
  }
  static v1::ListConnectionsRequest Page(int32_t size, const std::string& token = "") {
    v1::ListConnectionsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    return request;
  }

  ListedClients clients_;
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
  for (int i = 0; i < 25; ++i) expected.push_back(clients_.Add()->info().id);
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

TEST_F(ListTest, OnlyTokensOfThisIncarnationAreTaken) {
  for (int i = 0; i < 3; ++i) clients_.Add();
  const std::string token = List(Page(1)).next_page_token();
  for (const std::string& bad :
       {std::string("x"), std::string("abcd1234"), std::string("abcd1234-"), std::string("abcd1235-1"),
        std::string("abcd1234--1"), token + "x", token + " ", " " + token,
        std::string("abcd1234-99999999999999999999"), std::string(5000, '1')}) {
    EXPECT_EQ(Refused(Page(1, bad)), (StatusFacts{kInvalid, "PAGE_TOKEN_INVALID", "page_token"})) << bad;
  }
}

TEST_F(ListTest, SaysWhatItCannotDoYet) {
  v1::ListConnectionsRequest request;
  request.set_filter("state = OPEN");
  EXPECT_EQ(Refused(request), (StatusFacts{kInvalid, "NOT_SUPPORTED_YET", "filter"}));
  request.Clear();
  request.set_show_closed(true);
  EXPECT_EQ(Refused(request), (StatusFacts{kInvalid, "NOT_SUPPORTED_YET", "show_closed"}));
}

TEST_F(ListTest, GetsTheOpenAndTheRecentlyClosed) {
  v1::GetConnectionRequest request;
  v1::GetConnectionResponse response;
  request.set_connection_id(clients_.Add({.path = "/p"})->info().id);
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
