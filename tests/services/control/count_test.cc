// The totals, groups and bounds of CountConnections, on connections without a session.
#include "services/control/count.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
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

using Groups = std::vector<std::pair<std::string, int64_t>>;

v1::CountConnectionsRequest Request(const std::string& filter, const std::string& group_by = "",
                                    int32_t max_groups = 0) {
  v1::CountConnectionsRequest request;
  request.set_filter(filter);
  request.set_group_by(group_by);
  request.set_max_groups(max_groups);
  return request;
}

class CountTest : public ::testing::Test {
 protected:
  std::unique_ptr<Count> Begin(const v1::CountConnectionsRequest& request) {
    std::unique_ptr<Count> count;
    EXPECT_TRUE(Count::Begin(clients_.registry, clients_.clock, request, &count).ok());
    return count;
  }
  v1::CountConnectionsResponse CountAll(const v1::CountConnectionsRequest& request) {
    const auto count = Begin(request);
    while (count->CountSome()) {
    }
    const auto response = count->Response();
    EXPECT_TRUE(request.group_by().empty() ||
                response.total_count() == Sum(response) + response.other_count() + response.unset_count())
        << response.ShortDebugString();
    return response;
  }
  static int64_t Sum(const v1::CountConnectionsResponse& response) {
    int64_t sum = 0;
    for (const auto& group : response.groups()) sum += group.count();
    return sum;
  }
  static Groups GroupsOf(const v1::CountConnectionsResponse& response) {
    Groups groups;
    for (const auto& group : response.groups()) groups.emplace_back(group.value(), group.count());
    return groups;
  }
  StatusFacts Refused(const v1::CountConnectionsRequest& request) {
    std::unique_ptr<Count> count;
    return FactsOf(Count::Begin(clients_.registry, clients_.clock, request, &count));
  }

  ListedClients clients_;
};

TEST_F(CountTest, TotalsWithAndWithoutAnIndex) {
  for (int i = 0; i < 9; ++i)
    clients_.Add({.principal = i < 4 ? "alice" : "", .path = i % 3 == 0 ? "/chat" : "/news"});
  clients_.Label(*clients_.registrations[1].connection(), {{"tier", "gold"}});
  clients_.End(8);
  const std::string open(clients_.registrations[5].connection()->info().id);
  const std::vector<std::pair<std::string, int64_t>> cases = {{"", 8},
                                                              {"*", 8},
                                                              {"path = /chat", 3},
                                                              {"NOT path = /chat", 5},
                                                              {"principal = alice", 4},
                                                              {"principal != alice", 4},
                                                              {"principal = alice AND path = /chat", 2},
                                                              {"labels.tier = gold", 1},
                                                              {"labels.tier = gold OR principal = alice", 4},
                                                              {"labels.tier = tin", 0},
                                                              {"connection_id = " + open, 1},
                                                              {"connection_id = node-1", 0}};
  for (const auto& [filter, expected] : cases) {
    const auto response = CountAll(Request(filter));
    EXPECT_EQ(response.total_count(), expected) << filter;
    EXPECT_EQ(response.groups_size(), 0) << filter;
  }
}

TEST_F(CountTest, AClosedConnectionIsNotCountedByItsId) {
  const std::string id(clients_.Add()->info().id);
  clients_.End(0);
  EXPECT_EQ(CountAll(Request("connection_id = " + id)).total_count(), 0);
}

TEST_F(CountTest, GroupsByEachField) {
  clients_.Add({.remote_address = "10.0.0.1:1",
                .principal = "alice",
                .path = "/a",
                .subprotocol = "mqtt",
                .user_agent = "x/1",
                .origin = "https://app.example"});
  clients_.Add({.remote_address = "10.0.0.1:2", .principal = "alice", .path = "/b"});
  clients_.Add({.remote_address = "[2001:db8::7]:3", .principal = "bob", .path = "/b"});
  EXPECT_EQ(GroupsOf(CountAll(Request("", "path"))), (Groups{{"/b", 2}, {"/a", 1}}));
  EXPECT_EQ(GroupsOf(CountAll(Request("", "principal"))), (Groups{{"alice", 2}, {"bob", 1}}));
  EXPECT_EQ(GroupsOf(CountAll(Request("", "node_id"))), (Groups{{"node-a", 3}}));
  EXPECT_EQ(GroupsOf(CountAll(Request("", "remote_ip"))), (Groups{{"10.0.0.1", 2}, {"2001:db8::7", 1}}));
  EXPECT_EQ(GroupsOf(CountAll(Request("principal = bob", "path"))), (Groups{{"/b", 1}}));
  for (const std::string field : {"subprotocol", "user_agent", "origin"}) {
    const auto response = CountAll(Request("", field));
    EXPECT_EQ(response.groups_size(), 1) << field;
    EXPECT_EQ(response.unset_count(), 2) << field;
  }
}

TEST_F(CountTest, ALabelThatIsEmptyIsAValueAndOneThatIsMissingIsNone) {
  const ListedClients::Labels none;
  for (const auto& labels : {ListedClients::Labels{{"tier", "gold"}},
                             {{"tier", "gold"}},
                             {{"tier", ""}},
                             {{"other", "x"}},
                             none}) {
    clients_.Label(*clients_.Add(), labels);
  }
  clients_.Add();  // has no label
  const auto response = CountAll(Request("", "labels.tier"));
  EXPECT_EQ(GroupsOf(response), (Groups{{"gold", 2}, {"", 1}}));
  EXPECT_EQ(response.unset_count(), 3);
  EXPECT_EQ(response.total_count(), 6);
}

TEST_F(CountTest, TheLargestGroupsAreShownAndTheOthersSummed) {
  for (int group = 1; group <= 150; ++group) {
    for (int i = 0; i < group; ++i) clients_.Add({.path = fmt::format("/{:03}", group)});
  }
  const auto three = CountAll(Request("", "path", 3));
  EXPECT_EQ(GroupsOf(three), (Groups{{"/150", 150}, {"/149", 149}, {"/148", 148}}));
  EXPECT_EQ(three.other_count(), 147 * 148 / 2);
  EXPECT_FALSE(three.values_truncated());
  EXPECT_EQ(CountAll(Request("", "path")).groups_size(), 100);
  EXPECT_EQ(CountAll(Request("", "path", 150)).other_count(), 0);
  EXPECT_EQ(CountAll(Request("", "path", INT32_MAX)).groups_size(), 150);
}

TEST_F(CountTest, MoreValuesThanItRemembersAreSummedAndSaidToBe) {
  for (int i = 0; i < 10'000; ++i) clients_.Add({.path = "/" + std::to_string(i)});
  EXPECT_FALSE(CountAll(Request("", "path")).values_truncated());
  for (int i = 0; i < 50; ++i) clients_.Add({.path = "/late"});
  clients_.Add({.path = "/0"});
  const auto response = CountAll(Request("", "path", 1));
  EXPECT_TRUE(response.values_truncated());
  EXPECT_EQ(GroupsOf(response), (Groups{{"/0", 2}})) << "a value that is remembered is counted on";
  EXPECT_EQ(response.other_count(), 9'999 + 50);
}

TEST_F(CountTest, RemembersABoundedNumberOfBytes) {
  for (int i = 0; i < 100; ++i) clients_.Add({.principal = std::to_string(i) + std::string(200'000, 'x')});
  const auto response = CountAll(Request("", "principal", 1));
  EXPECT_TRUE(response.values_truncated());
  EXPECT_EQ(response.total_count(), 100);
}

TEST_F(CountTest, GroupsEndBeforeTheAnswerIsTooLongForAClient) {
  for (int i = 0; i < 20; ++i) clients_.Add({.principal = std::to_string(i) + std::string(400'000, 'x')});
  const auto response = CountAll(Request("", "principal"));
  EXPECT_EQ(response.groups_size(), 7);
  EXPECT_EQ(response.other_count(), 13);
  EXPECT_LE(response.ByteSizeLong(), size_t{3} << 20);
}

TEST_F(CountTest, CountsInPartsWhoWasThereAtTheStart) {
  for (int i = 0; i < 10'000; ++i) clients_.Add({.path = "/"});
  const auto count = Begin(Request("path = /"));
  clients_.clock.Advance(std::chrono::milliseconds(1));
  clients_.Add({.path = "/"});
  ASSERT_TRUE(count->CountSome());
  EXPECT_LT(count->Response().total_count(), 6'000);
  while (count->CountSome()) {
  }
  EXPECT_EQ(count->Response().total_count(), 10'000);
}

TEST_F(CountTest, StoppedItCountsNothingFurther) {
  for (int i = 0; i < 10'000; ++i) clients_.Add({.path = "/"});
  const auto count = Begin(Request("path = /"));
  ASSERT_TRUE(count->CountSome());
  count->Stop();
  EXPECT_FALSE(count->CountSome());
}

TEST_F(CountTest, RefusesWhatItCannotCount) {
  const StatusFacts bad_group{kInvalid, "GROUP_BY_INVALID", "group_by"};
  for (const std::string group_by : {"paths", "PATH", "connection_id", "remote_address", "labels", "labels.",
                                     "labels.A", "create_time", "path ", "labels.a b"}) {
    EXPECT_EQ(Refused(Request("", group_by)), bad_group) << group_by;
  }
  EXPECT_EQ(Refused(Request("", "labels." + std::string(64, 'a'))), bad_group);
  EXPECT_EQ(Refused(Request("", "path", -1)), (StatusFacts{kInvalid, "MAX_GROUPS_NEGATIVE", "max_groups"}));
  EXPECT_EQ(Refused(Request("pth = a")), (StatusFacts{kInvalid, "FILTER_INVALID", "filter"}));
}

}  // namespace
}  // namespace drawbridge
