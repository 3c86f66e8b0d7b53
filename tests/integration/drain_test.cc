// A node that is drained over the control API: what clients, callers and load balancers see.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "tests/integration/drain_calls.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

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

}  // namespace
}  // namespace drawbridge
