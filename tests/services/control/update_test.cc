// Every field, bound and refusal of UpdateConnection.
#include "services/control/update.h"

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "services/control/convert.h"
#include "tests/services/control/listed_clients.h"
#include "tests/services/control/status_of.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using Labels = std::map<std::string, std::string>;
constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;

class UpdateTest : public ::testing::Test {
 protected:
  UpdateTest() { id_ = clients_.Add()->info().id; }

  v1::UpdateConnectionRequest Request(const std::vector<std::string>& mask, const Labels& labels = {}) {
    v1::UpdateConnectionRequest request;
    request.mutable_connection()->set_connection_id(id_);
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    for (const auto& [key, value] : labels) (*request.mutable_connection()->mutable_labels())[key] = value;
    return request;
  }
  StatusFacts Facts(const v1::UpdateConnectionRequest& request) {
    v1::UpdateConnectionResponse response;
    return FactsOf(UpdateConnection(clients_.registry, clients_.clock, request, &response));
  }
  v1::Connection Update(const v1::UpdateConnectionRequest& request) {
    v1::UpdateConnectionResponse response;
    const auto status = UpdateConnection(clients_.registry, clients_.clock, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.connection();
  }
  static Labels LabelsOf(const v1::Connection& connection) {
    return {connection.labels().begin(), connection.labels().end()};
  }
  Labels Now() {
    v1::Connection now;
    Describe(*clients_.registry.Find(id_), "node-a", clients_.clock, &now);
    return LabelsOf(now);
  }

  ListedClients clients_;
  std::string id_;
};

TEST_F(UpdateTest, LabelsReplaceLabels) {
  v1::Connection updated = Update(Request({"labels"}, {{"tier", "gold"}, {"a.b-c_1", ""}}));
  EXPECT_EQ(LabelsOf(updated), (Labels{{"tier", "gold"}, {"a.b-c_1", ""}}));
  EXPECT_EQ(updated.revision(), 2U);
  EXPECT_EQ(updated.connection_id(), id_);
  updated = Update(Request({"labels"}, {{"room", "7"}}));
  EXPECT_EQ(LabelsOf(updated), (Labels{{"room", "7"}}));
  EXPECT_EQ(updated.revision(), 3U);
  EXPECT_EQ(Now(), (Labels{{"room", "7"}}));
  EXPECT_EQ(LabelsOf(Update(Request({"labels"}))), Labels{});
}

TEST_F(UpdateTest, OneLabelIsSetOrRemoved) {
  Update(Request({"labels"}, {{"tier", "gold"}, {"room", "7"}}));
  EXPECT_EQ(LabelsOf(Update(Request({"labels.tier"}, {{"tier", "silver"}, {"ignored", "x"}}))),
            (Labels{{"tier", "silver"}, {"room", "7"}}));
  EXPECT_EQ(LabelsOf(Update(Request({"labels.room", "labels.a.b"}, {{"a.b", "c"}}))),
            (Labels{{"tier", "silver"}, {"a.b", "c"}}));
}

TEST_F(UpdateTest, ExpiryIsSetAndTakenAway) {
  auto request = Request({"expire_time"});
  request.mutable_connection()->mutable_expire_time()->set_seconds(2'000'000'000);
  request.mutable_connection()->mutable_expire_time()->set_nanos(5);
  const v1::Connection updated = Update(request);
  EXPECT_EQ(updated.expire_time().seconds(), 2'000'000'000);
  EXPECT_EQ(updated.expire_time().nanos(), 5);
  EXPECT_TRUE(Update(Request({"labels"}, {{"a", "b"}})).has_expire_time()) << "not in the mask: stays";
  EXPECT_FALSE(Update(Request({"expire_time"})).has_expire_time());
  EXPECT_EQ(Now(), (Labels{{"a", "b"}}));
}

TEST_F(UpdateTest, ARevisionGuards) {
  auto request = Request({"labels"}, {{"a", "b"}});
  request.set_expected_revision(2);
  EXPECT_EQ(Facts(request), (StatusFacts{grpc::StatusCode::ABORTED, "REVISION_STALE"}));
  EXPECT_EQ(Now(), Labels{});
  request.set_expected_revision(1);
  EXPECT_EQ(Update(request).revision(), 2U);
  EXPECT_EQ(Facts(request), (StatusFacts{grpc::StatusCode::ABORTED, "REVISION_STALE"}));
  request.set_expected_revision(2);
  EXPECT_EQ(Update(request).revision(), 3U);
}

TEST_F(UpdateTest, RefusesWhatIsOutOfBounds) {
  const std::string key63(63, 'k');
  const std::string value256(256, 'v');
  EXPECT_EQ(LabelsOf(Update(Request({"labels"}, {{key63, value256}}))), (Labels{{key63, value256}}));
  const StatusFacts malformed{kInvalid, "LABEL_KEY_MALFORMED", "connection.labels"};
  for (const std::string& key : {std::string(), std::string(64, 'k'), std::string("A"), std::string("a b"),
                                 std::string("a/b"), std::string("a=b"), std::string("\xc3\xa4")}) {
    EXPECT_EQ(Facts(Request({"labels"}, {{key, "v"}})), malformed) << key;
  }
  EXPECT_EQ(Facts(Request({"labels"}, {{"k", value256 + "v"}})),
            (StatusFacts{kInvalid, "LABEL_VALUE_TOO_LONG", "connection.labels"}));
  const StatusFacts invalid_mask{kInvalid, "UPDATE_MASK_INVALID", "update_mask"};
  for (const std::string path :
       {"", "*", "path", "revision", "labels.", "labels.A", "Labels", "expire_time.seconds"})
    EXPECT_EQ(Facts(Request({"labels", path})), invalid_mask) << path;
  EXPECT_EQ(Facts(Request({})), (StatusFacts{kInvalid, "UPDATE_MASK_EMPTY", "update_mask"}));
  EXPECT_EQ(LabelsOf(Update(Request({"labels.x"}, {{"x", "y"}}))).size(), 2U);
}

TEST_F(UpdateTest, ThirtyTwoLabelsAndNoMore) {
  Labels labels;
  for (int i = 0; i < 32; ++i) labels["k" + std::to_string(i)] = "v";
  EXPECT_EQ(LabelsOf(Update(Request({"labels"}, labels))), labels);
  const StatusFacts too_many{kInvalid, "TOO_MANY_LABELS", "connection.labels"};
  EXPECT_EQ(Facts(Request({"labels.more"}, {{"more", "v"}})), too_many);
  EXPECT_EQ(LabelsOf(Update(Request({"labels.k0"}, {{"k0", "w"}}))).size(), 32U);
  labels["more"] = "v";
  EXPECT_EQ(Facts(Request({"labels"}, labels)), too_many);
}

TEST_F(UpdateTest, RefusesTimesThatAreNone) {
  const std::pair<int64_t, int32_t> times[] = {
      {-1, 0}, {9'223'372'036, 0}, {INT64_MAX, 0}, {0, -1}, {0, 1'000'000'000}};
  for (const auto& [seconds, nanos] : times) {
    auto request = Request({"expire_time"});
    request.mutable_connection()->mutable_expire_time()->set_seconds(seconds);
    request.mutable_connection()->mutable_expire_time()->set_nanos(nanos);
    EXPECT_EQ(Facts(request), (StatusFacts{kInvalid, "EXPIRE_TIME_OUT_OF_RANGE", "connection.expire_time"}))
        << seconds << " " << nanos;
  }
}

TEST_F(UpdateTest, RefusesWhoIsNotThere) {
  auto request = Request({"labels"});
  request.mutable_connection()->set_connection_id("NO");
  EXPECT_EQ(Facts(request), (StatusFacts{kInvalid, "CONNECTION_ID_MALFORMED", "connection.connection_id"}));
  request.mutable_connection()->set_connection_id("abcd-12345678-1");
  EXPECT_EQ(Facts(request), (StatusFacts{grpc::StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND"}));
}

TEST_F(UpdateTest, RefusesWhoIsLeavingOrGone) {
  Update(Request({"labels"}, {{"a", "b"}}));
  const StatusFacts closing{grpc::StatusCode::FAILED_PRECONDITION, "CONNECTION_CLOSING"};
  clients_.registrations[0].connection()->Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_EQ(Facts(Request({"labels"})), closing);
  clients_.End(0);
  EXPECT_EQ(Facts(Request({"labels"})), closing);
  EXPECT_EQ(Now(), (Labels{{"a", "b"}})) << "the history keeps its labels";
}

TEST_F(UpdateTest, UpdatesAtOnceAllHappen) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      const std::string key = "k" + std::to_string(thread);
      for (int i = 0; i < 200; ++i) Update(Request({"labels." + key}, {{key, std::to_string(i)}}));
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(Now(), (Labels{{"k0", "199"}, {"k1", "199"}, {"k2", "199"}, {"k3", "199"}}));
  EXPECT_EQ(clients_.registrations[0].connection()->attributes()->revision, 801U) << "none was lost";
}

}  // namespace
}  // namespace drawbridge
