// A node that is emptied and taken back, over the control API: what clients, callers and balancers see.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "gateway/listener/listener.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

google::protobuf::Duration Proto(milliseconds duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(duration.count() / 1000);
  proto.set_nanos(static_cast<int32_t>(duration.count() % 1000) * 1'000'000);
  return proto;
}

v1::DrainNodeRequest DrainOver(milliseconds spread, milliseconds not_ready = milliseconds(0)) {
  v1::DrainNodeRequest request;
  *request.mutable_spread() = Proto(spread);
  *request.mutable_not_ready() = Proto(not_ready);
  return request;
}

// One call of DrainNode.
class DrainStream {
 public:
  DrainStream(v1::NodeService::Stub& stub, const v1::DrainNodeRequest& request) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    reader_ = stub.DrainNode(&context_, request);
  }

  v1::DrainNodeResponse Next() {
    v1::DrainNodeResponse response;
    if (!reader_->Read(&response)) throw std::runtime_error("no more progress");
    return response;
  }
  // Reads on to the end.
  grpc::Status End() {
    while (reader_->Read(&last)) {
    }
    return reader_->Finish();
  }
  void Cancel() { context_.TryCancel(); }

  v1::DrainNodeResponse last;

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::DrainNodeResponse>> reader_;
};

class DrainTest : public ::testing::Test {
 protected:
  explicit DrainTest(const Flags& flags = TestFlags()) : server_(flags) {}

  std::vector<Client> OpenMany(size_t count) {
    std::vector<Client> clients;
    while (clients.size() < count) clients.push_back(server_.Open());
    return clients;
  }
  v1::Node Node() {
    grpc::ClientContext context;
    v1::ListNodesResponse response;
    EXPECT_TRUE(nodes_->ListNodes(&context, {}, &response).ok());
    EXPECT_EQ(response.nodes_size(), 1);
    return response.nodes(0);
  }
  bool Becomes(v1::NodeState state) {
    return WaitUntil([&] { return Node().state() == state; });
  }
  grpc::Status Resume(const std::string& node_id = "") {
    grpc::ClientContext context;
    v1::ResumeNodeRequest request;
    request.set_node_id(node_id);
    resumed_.Clear();
    return nodes_->ResumeNode(&context, request, &resumed_);
  }
  bool IsReady() {
    const auto stub = grpc::health::v1::Health::NewStub(server_.channel());
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, {}, &response).ok());
    return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }
  bool Refused() {
    try {
      Client::Dial(server_.address());
    } catch (const std::exception&) {
      return true;
    }
    return false;
  }

  RunningServer server_;
  const std::unique_ptr<v1::NodeService::Stub> nodes_ = v1::NodeService::NewStub(server_.channel());
  v1::ResumeNodeResponse resumed_;
};

TEST_F(DrainTest, ANodeSaysWhatItIs) {
  const auto clients = OpenMany(2);
  const v1::Node node = Node();
  EXPECT_EQ(node.node_id(), "test-node");
  EXPECT_EQ(node.state(), v1::NODE_STATE_SERVING);
  EXPECT_EQ(node.open_connections(), 2);
  EXPECT_EQ(node.max_connections(), 1000);
  EXPECT_THAT(node.version(), ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(clients[0].id(), ::testing::HasSubstr(node.incarnation()));
  const auto age = std::chrono::system_clock::now().time_since_epoch() - seconds(node.start_time().seconds());
  EXPECT_LT(age, hours(1));
  EXPECT_GE(age, seconds(0));
}

class DrainCodeTest : public DrainTest {
 protected:
  static Flags WithCode() {
    Flags flags = TestFlags();
    flags.drain_code = 4001;
    return flags;
  }
  DrainCodeTest() : DrainTest(WithCode()) {}
};

TEST_F(DrainCodeTest, TheFlagSaysWhichUnlessTheRequestDoes) {
  for (const bool asked : {false, true}) {
    Client client = server_.Open();
    v1::DrainNodeRequest request = DrainOver(milliseconds(0));
    if (asked) request.set_code(1012);
    if (asked) request.set_reason("a new release");
    DrainStream drain(*nodes_, request);
    EXPECT_EQ(client.ReadCloseAndAnswer().payload,
              asked ? ClosePayloadOf(1012, "a new release") : ClosePayloadOf(4001, "going away"));
    EXPECT_TRUE(drain.End().ok());
    EXPECT_TRUE(Resume().ok());
  }
  v1::DrainNodeRequest request = DrainOver(milliseconds(0));
  request.set_code(1005);
  const grpc::Status status = DrainStream(*nodes_, request).End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(status).reason, "CODE_FORBIDDEN");
  EXPECT_THAT(status.error_message(), ::testing::HasSubstr("0 is 4001"));
}

TEST_F(DrainTest, EverybodyIsToldAndTheCallerToo) {
  auto clients = OpenMany(50);
  DrainStream drain(*nodes_, DrainOver(milliseconds(200)));
  for (Client& client : clients) {
    const ServerFrame close = client.ReadCloseAndAnswer();
    EXPECT_EQ(close.code(), 1001);
    EXPECT_EQ(close.reason(), "going away");
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  }
  ASSERT_TRUE(drain.End().ok());
  EXPECT_TRUE(drain.last.done());
  EXPECT_EQ(drain.last.closed_count(), 50);
  EXPECT_EQ(drain.last.remaining_count(), 0);
  EXPECT_EQ(drain.last.node().state(), v1::NODE_STATE_DRAINED);
  EXPECT_EQ(Node().state(), v1::NODE_STATE_DRAINED);
  EXPECT_TRUE(Refused());
  const v1::Connection record = server_.Get(clients[0].id());
  EXPECT_EQ(record.close().initiator(), v1::CLOSE_INITIATOR_DRAIN);
  EXPECT_EQ(record.close().cause(), "shutdown");
}

TEST_F(DrainTest, TheCodeAndTheReasonAreTheCallers) {
  Client client = server_.Open();
  v1::DrainNodeRequest request = DrainOver(milliseconds(0));
  request.set_code(4000);
  request.set_reason("moving house");
  request.set_node_id("test-node");
  DrainStream drain(*nodes_, request);
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 4000);
  EXPECT_EQ(close.reason(), "moving house");
  EXPECT_TRUE(drain.End().ok());
}

TEST_F(DrainTest, FirstItIsNotReadyAndAcceptsAllTheSame) {
  EXPECT_TRUE(IsReady());
  DrainStream drain(*nodes_, DrainOver(milliseconds(0), hours(1)));
  EXPECT_EQ(drain.Next().node().state(), v1::NODE_STATE_DRAINING);
  EXPECT_FALSE(IsReady());
  Client late = server_.Open();
  late.Echo("not closed yet");
  DrainStream sooner(*nodes_, DrainOver(milliseconds(0)));
  EXPECT_EQ(late.ReadCloseAndAnswer().code(), 1001);
  EXPECT_TRUE(drain.End().ok()) << "the same drain, over sooner";
  EXPECT_TRUE(sooner.End().ok());
}

TEST_F(DrainTest, TheControlApiWorksAllThrough) {
  auto clients = OpenMany(3);
  DrainStream drain(*nodes_, DrainOver(hours(1)));
  EXPECT_EQ(drain.Next().closed_count(), 0);
  ASSERT_TRUE(WaitUntil([&] { return Refused(); })) << "the port is closed";
  grpc::ClientContext context;
  v1::ListConnectionsResponse list;
  ASSERT_TRUE(server_.stub().ListConnections(&context, {}, &list).ok());
  EXPECT_EQ(list.connections_size(), 3);
  clients[0].Echo("served as before");
  auto interrupt = StartInterrupt(server_, InterruptOf(clients[0].id()));
  clients[0].ReadCloseAndAnswer();
  EXPECT_EQ(interrupt.get().response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_CLEAN);
  EXPECT_EQ(Node().open_connections(), 2);
}

TEST_F(DrainTest, ADrainIsNeverMadeToLastLonger) {
  Client client = server_.Open();
  DrainStream first(*nodes_, DrainOver(milliseconds(300)));
  DrainStream second(*nodes_, DrainOver(hours(1)));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1001);
  EXPECT_TRUE(first.End().ok());
  EXPECT_TRUE(second.End().ok());
}

TEST_F(DrainTest, ACallerWhoLeavesDoesNotEndIt) {
  Client client = server_.Open();
  DrainStream drain(*nodes_, DrainOver(milliseconds(300)));
  drain.Next();
  drain.Cancel();
  EXPECT_EQ(drain.End().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1001);
  EXPECT_TRUE(Becomes(v1::NODE_STATE_DRAINED));
}

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

TEST_F(DrainTest, AnEmptyNodeIsDrainedAtOnce) {
  DrainStream drain(*nodes_, DrainOver(hours(1)));
  EXPECT_TRUE(drain.End().ok());
  EXPECT_EQ(drain.last.closed_count(), 0);
}

class ShortGraceTest : public DrainTest {
 protected:
  static Flags ShortGrace() {
    Flags flags = TestFlags();
    flags.drain_grace = milliseconds(200);
    return flags;
  }
  ShortGraceTest() : DrainTest(ShortGrace()) {}
};

TEST_F(ShortGraceTest, WhoDoesNotAnswerIsCut) {
  Client silent = server_.Open();
  DrainStream drain(*nodes_, DrainOver(milliseconds(0)));
  EXPECT_EQ(silent.ReadClose().code(), 1001);
  silent.DrainToEnd();
  ASSERT_TRUE(drain.End().ok());
  EXPECT_EQ(drain.last.closed_count(), 1);
}

TEST_F(ShortGraceTest, WhoseClosingSomebodyElseBeganIsCutToo) {
  Client silent = server_.Open();
  auto interrupt = StartInterrupt(server_, InterruptOf(silent.id()));
  silent.ReadClose();
  DrainStream drain(*nodes_, DrainOver(milliseconds(0)));
  ASSERT_TRUE(drain.End().ok());
  EXPECT_EQ(interrupt.get().response.outcome(), v1::INTERRUPT_OUTCOME_CLOSED_TIMEOUT)
      << "at the drain's grace";
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

struct RefusedDrain {
  std::string name;
  std::function<void(v1::DrainNodeRequest&)> spoil;
  grpc::StatusCode code;
  std::string reason;
  std::string field;
};

class RefusedDrainTest : public DrainTest, public ::testing::WithParamInterface<RefusedDrain> {};

TEST_P(RefusedDrainTest, IsRefusedAndNothingHappens) {
  v1::DrainNodeRequest request = DrainOver(milliseconds(0));
  GetParam().spoil(request);
  DrainStream drain(*nodes_, request);
  const grpc::Status status = drain.End();
  EXPECT_EQ(status.error_code(), GetParam().code) << status.error_message();
  EXPECT_EQ(DetailsOf(status).reason, GetParam().reason);
  EXPECT_EQ(DetailsOf(status).field, GetParam().field);
  EXPECT_EQ(Node().state(), v1::NODE_STATE_SERVING);
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedDrainTest,
    ::testing::Values(
        RefusedDrain{"AnotherNode", [](auto& request) { request.set_node_id("other"); },
                     grpc::StatusCode::NOT_FOUND, "NODE_NOT_FOUND", ""},
        RefusedDrain{"NegativeSpread", [](auto& request) { request.mutable_spread()->set_seconds(-1); },
                     grpc::StatusCode::INVALID_ARGUMENT, "SPREAD_OUT_OF_RANGE", "spread"},
        RefusedDrain{"SpreadOverAnHour", [](auto& request) { request.mutable_spread()->set_seconds(3601); },
                     grpc::StatusCode::INVALID_ARGUMENT, "SPREAD_OUT_OF_RANGE", "spread"},
        RefusedDrain{"NotReadyOverAnHour",
                     [](auto& request) { request.mutable_not_ready()->set_seconds(3601); },
                     grpc::StatusCode::INVALID_ARGUMENT, "NOT_READY_OUT_OF_RANGE", "not_ready"},
        RefusedDrain{"NotReadyOfOddNanos", [](auto& request) { request.mutable_not_ready()->set_nanos(-1); },
                     grpc::StatusCode::INVALID_ARGUMENT, "NOT_READY_OUT_OF_RANGE", "not_ready"},
        RefusedDrain{"CodeOfAProtocolError", [](auto& request) { request.set_code(1002); },
                     grpc::StatusCode::INVALID_ARGUMENT, "CODE_FORBIDDEN", "code"},
        RefusedDrain{"LongReason", [](auto& request) { request.set_reason(std::string(124, 'x')); },
                     grpc::StatusCode::INVALID_ARGUMENT, "REASON_TOO_LONG", "reason"}),
    [](const auto& each) { return each.param.name; });

TEST_F(DrainTest, AnotherNodeIsNotResumedHere) {
  const grpc::Status status = Resume("other");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_NOT_FOUND");
}

}  // namespace
}  // namespace drawbridge
