// WatchConnections over a real channel, with real clients: events, resuming, refusals, and the end of a
// watch.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/connections/registry.h"
#include "services/control/watches.h"
#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

v1::WatchConnectionsRequest Resume(const std::string& token, const std::string& filter = "") {
  v1::WatchConnectionsRequest request;
  request.set_resume_token(token);
  request.set_filter(filter);
  return request;
}

v1::WatchConnectionsRequest SkipSnapshot() {
  v1::WatchConnectionsRequest request;
  request.set_skip_snapshot(true);
  return request;
}

// Opens and ends `pairs` connections without a socket.
void Churn(RunningServer& server, int pairs) {
  for (int i = 0; i < pairs; ++i) server.registry().Add({}).Reset();
}

const Watches& WatchesOf(RunningServer& server) { return server.server().watches(); }

TEST(WatchTest, SnapshotBookmarkThenTheLifeOfAClient) {
  RunningServer server;
  Client old = server.Open();
  WatchStream watch(server.stub());
  WatchStream::Response row = watch.Next();
  EXPECT_EQ(row.type(), v1::CONNECTION_EVENT_TYPE_OPENED);
  EXPECT_TRUE(row.snapshot());
  EXPECT_EQ(row.connection().connection_id(), old.id());
  EXPECT_EQ(row.node_id(), "test-node");
  EXPECT_EQ(watch.Next().type(), v1::CONNECTION_EVENT_TYPE_BOOKMARK);

  Client client = server.Open({.target = "/chat"});
  row = watch.Next();
  EXPECT_EQ(row.type(), v1::CONNECTION_EVENT_TYPE_OPENED);
  EXPECT_FALSE(row.snapshot());
  EXPECT_EQ(row.connection().connection_id(), client.id());
  EXPECT_EQ(row.connection().path(), "/chat");
  EXPECT_EQ(row.connection().state(), v1::CONNECTION_STATE_OPEN);

  auto interrupt = StartInterrupt(server, InterruptOf(client.id()));
  row = watch.Next();
  EXPECT_EQ(row.type(), v1::CONNECTION_EVENT_TYPE_UPDATED);
  EXPECT_EQ(row.connection().state(), v1::CONNECTION_STATE_CLOSING);
  EXPECT_EQ(row.connection().close().initiator(), v1::CLOSE_INITIATOR_CONTROL);
  client.ReadCloseAndAnswer();
  EXPECT_TRUE(interrupt.get().status.ok());
  row = watch.Next();
  EXPECT_EQ(row.type(), v1::CONNECTION_EVENT_TYPE_CLOSED);
  EXPECT_EQ(row.connection().state(), v1::CONNECTION_STATE_CLOSED);
  EXPECT_TRUE(row.connection().close().clean());
}

TEST(WatchTest, AnUpdateIsTold) {
  RunningServer server;
  Client client = server.Open();
  WatchStream watch(server.stub(), SkipSnapshot());
  EXPECT_EQ(watch.Next().type(), v1::CONNECTION_EVENT_TYPE_BOOKMARK);
  v1::UpdateConnectionRequest update;
  update.mutable_connection()->set_connection_id(client.id());
  (*update.mutable_connection()->mutable_labels())["room"] = "5";
  update.mutable_update_mask()->add_paths("labels");
  grpc::ClientContext context;
  v1::UpdateConnectionResponse updated;
  ASSERT_TRUE(server.stub().UpdateConnection(&context, update, &updated).ok());
  const WatchStream::Response row = watch.Next();
  EXPECT_EQ(row.type(), v1::CONNECTION_EVENT_TYPE_UPDATED);
  EXPECT_EQ(row.connection().labels().at("room"), "5");
  EXPECT_EQ(row.connection().revision(), 2U);
}

TEST(WatchTest, EveryWayToEndIsToldInOrder) {
  RunningServer server;
  WatchStream watch(server.stub(), SkipSnapshot());
  watch.Next();
  Client rude = server.Open();
  Client polite = server.Open();
  rude.Reset();
  polite.SendClose(1000);
  polite.ReadClose();
  for (const std::string& id : {rude.id(), polite.id()}) server.GetWhenClosed(id);
  std::map<std::string, std::string> stories;
  for (int i = 0; i < 6; ++i) {
    const auto row = watch.Next();
    stories[row.connection().connection_id()] += v1::ConnectionState_Name(row.connection().state())[18];
  }
  EXPECT_EQ(stories[rude.id()], "PLL") << "open, closing, closed";
  EXPECT_EQ(stories[polite.id()], "PLL");
}

TEST(WatchTest, ResumesWithoutAGap) {
  RunningServer server;
  std::string token;
  {
    WatchStream watch(server.stub());
    token = watch.Next().resume_token();
  }
  Client client = server.Open();
  Client other = server.Open();
  WatchStream watch(server.stub(), Resume(token));
  WatchStream::Response row = watch.Next();
  EXPECT_EQ(row.connection().connection_id(), client.id());
  WatchStream again(server.stub(), Resume(row.resume_token()));
  EXPECT_EQ(again.Next().connection().connection_id(), other.id());
  EXPECT_EQ(again.Next().type(), v1::CONNECTION_EVENT_TYPE_BOOKMARK);
}

TEST(WatchTest, ATokenThatIsTooOldIsOutOfRange) {
  RunningServer server;
  WatchStream first(server.stub());
  const std::string token = first.Next().resume_token();
  Churn(server, 150'000);
  WatchStream watch(server.stub(), Resume(token));
  const grpc::Status status = watch.Drain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(DetailsOf(status).reason, "RESUME_TOKEN_TOO_OLD");
  EXPECT_EQ(DetailsOf(status).domain, "drawbridge");
}

TEST(WatchTest, RefusesWithStatusReasonAndField) {
  RunningServer server;
  struct Case {
    v1::WatchConnectionsRequest request;
    std::string reason;
    std::string field;
  };
  v1::WatchConnectionsRequest bad_filter;
  bad_filter.set_filter("no_such_field = 1");
  v1::WatchConnectionsRequest moving_filter;
  moving_filter.set_filter("sent_bytes > 0");
  for (const Case& each :
       {Case{bad_filter, "FILTER_INVALID", "filter"}, Case{moving_filter, "FILTER_NOT_WATCHABLE", "filter"},
        Case{Resume("forged"), "RESUME_TOKEN_INVALID", "resume_token"}}) {
    WatchStream watch(server.stub(), each.request);
    const grpc::Status status = watch.Drain();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(DetailsOf(status).reason, each.reason);
    EXPECT_EQ(DetailsOf(status).field, each.field);
  }
  EXPECT_EQ(WatchesOf(server).size(), 0U) << "a refused call takes no place";
}

TEST(WatchTest, ACancelledWatchTakesNoPlaceAndNoMemory) {
  RunningServer server;
  for (int i = 0; i < 300; ++i) {  // more than the maximum of concurrent watches
    WatchStream watch(server.stub());
    watch.Next();
    EXPECT_EQ(watch.End().error_code(), grpc::StatusCode::CANCELLED);
    ASSERT_TRUE(WaitUntil([&] { return WatchesOf(server).size() == 0; }));
  }
  EXPECT_EQ(WatchesOf(server).queued_bytes(), 0U);
}

TEST(WatchTest, AShutdownTellsEverythingAndEndsWatches) {
  RunningServer server;
  Client client = server.Open();
  WatchStream watch(server.stub());
  watch.NextOf(v1::CONNECTION_EVENT_TYPE_BOOKMARK);
  auto shutdown = std::async(std::launch::async, [&] { return server.server().Shutdown(); });
  client.ReadCloseAndAnswer();
  EXPECT_EQ(watch.NextOf(v1::CONNECTION_EVENT_TYPE_CLOSED).connection().connection_id(), client.id());
  const grpc::Status status = watch.Drain();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(status).reason, "NODE_GONE");
  EXPECT_EQ(shutdown.get(), 1U);
}

TEST(WatchTest, NeitherShutdownNorDestructionHangsOnAWatchThatIsNotRead) {
  for (const bool orderly : {true, false}) {
    auto server = std::make_unique<RunningServer>();
    auto stub = v1::ConnectionService::NewStub(server->channel());
    WatchStream watch(*stub);
    Churn(*server, 20'000);  // far more than the buffers hold
    ASSERT_TRUE(WaitUntil([&] { return WatchesOf(*server).queued_bytes() > 0; }));
    const auto begin = std::chrono::steady_clock::now();
    if (orderly) server->server().Shutdown();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience);
    EXPECT_FALSE(watch.Drain().ok());
  }
}

}  // namespace
}  // namespace drawbridge
