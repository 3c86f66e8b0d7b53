// UpdateConnection over a real channel: a change is visible to reads and filters, and invalid changes are
// refused.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

struct UpdateReply {
  grpc::Status status;
  v1::UpdateConnectionResponse response;
};

UpdateReply Update(RunningServer& server, const v1::UpdateConnectionRequest& request) {
  grpc::ClientContext context;
  UpdateReply reply;
  reply.status = server.stub().UpdateConnection(&context, request, &reply.response);
  return reply;
}

v1::UpdateConnectionRequest LabelOf(const std::string& id, const std::string& value) {
  v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(id);
  (*request.mutable_connection()->mutable_labels())["tier"] = value;
  request.mutable_update_mask()->add_paths("labels");
  return request;
}

int CountOf(RunningServer& server, const std::string& filter) {
  grpc::ClientContext context;
  v1::ListConnectionsRequest request;
  v1::ListConnectionsResponse response;
  request.set_filter(filter);
  EXPECT_TRUE(server.stub().ListConnections(&context, request, &response).ok());
  return response.connections_size();
}

TEST(UpdateTest, WhatIsWrittenIsReadAndFound) {
  RunningServer server;
  Client client = server.Open();
  const Client other = server.Open();
  const UpdateReply reply = Update(server, LabelOf(client.id(), "gold"));
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_EQ(reply.response.connection().labels().at("tier"), "gold");
  EXPECT_EQ(server.Get(client.id()).labels().at("tier"), "gold");
  EXPECT_EQ(server.Get(client.id()).revision(), 2u);
  EXPECT_EQ(server.Get(other.id()).revision(), 1u);
  EXPECT_EQ(CountOf(server, "labels.tier = gold"), 1);
  EXPECT_EQ(CountOf(server, "labels.tier != gold"), 1);
  client.Echo("and the client knows nothing of it");

  auto abort = InterruptOf(client.id());
  abort.set_abort(true);
  ASSERT_TRUE(Interrupt(server, abort).status.ok());
  EXPECT_EQ(CountOf(server, "labels.tier = gold"), 0);
  EXPECT_EQ(server.Get(client.id()).labels().at("tier"), "gold") << "the history keeps it";
}

TEST(UpdateTest, AStaleRevisionIsAborted) {
  RunningServer server;
  const Client client = server.Open();
  auto request = LabelOf(client.id(), "gold");
  request.set_expected_revision(1);
  ASSERT_TRUE(Update(server, request).status.ok());
  const UpdateReply stale = Update(server, request);
  EXPECT_EQ(stale.status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(DetailsOf(stale.status).reason, "REVISION_STALE");
}

v1::UpdateConnectionRequest ExpiryOf(const std::string& id, std::chrono::nanoseconds from_now) {
  v1::UpdateConnectionRequest request;
  request.mutable_connection()->set_connection_id(id);
  const auto time = (std::chrono::system_clock::now() + from_now).time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  request.mutable_connection()->mutable_expire_time()->set_seconds(seconds.count());
  request.mutable_connection()->mutable_expire_time()->set_nanos(
      static_cast<int32_t>(std::chrono::nanoseconds(time - seconds).count()));
  request.mutable_update_mask()->add_paths("expire_time");
  return request;
}

TEST(UpdateTest, AnExpiryEndsTheConnection) {
  RunningServer server;
  for (const std::chrono::milliseconds from_now :
       {std::chrono::milliseconds(300), std::chrono::milliseconds(-1000)}) {
    Client client = server.Open();
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(Update(server, ExpiryOf(client.id(), from_now)).status.ok());
    const ServerFrame close = client.ReadCloseAndAnswer();
    EXPECT_EQ(close.code(), 1008);
    EXPECT_EQ(close.reason(), "expired");
    // The system clock may differ a little from the steady clock.
    EXPECT_GE(std::chrono::steady_clock::now() - begin, from_now - std::chrono::milliseconds(20));
    const v1::Connection closed = server.GetWhenClosed(client.id());
    EXPECT_EQ(closed.close().cause(), "expired");
    EXPECT_EQ(closed.close().initiator(), v1::CLOSE_INITIATOR_GATEWAY);
    EXPECT_TRUE(closed.close().clean());
  }
}

TEST(UpdateTest, AnExpiryMayBePutOffOrTakenAway) {
  RunningServer server;
  Client put_off = server.Open();
  Client taken_away = server.Open();
  Client control = server.Open();
  for (const Client* client : {&put_off, &taken_away, &control})
    ASSERT_TRUE(Update(server, ExpiryOf(client->id(), std::chrono::milliseconds(1500))).status.ok());
  ASSERT_TRUE(Update(server, ExpiryOf(put_off.id(), std::chrono::hours(1))).status.ok());
  auto never = ExpiryOf(taken_away.id(), {});
  never.mutable_connection()->clear_expire_time();
  ASSERT_TRUE(Update(server, never).status.ok());
  EXPECT_EQ(control.ReadCloseAndAnswer().reason(), "expired");
  server.GetWhenClosed(control.id());
  // All three would expire in the same wake-up. One more expiry makes sure that the other I/O thread had its
  // wake-up, too.
  Client later = server.Open();
  ASSERT_TRUE(Update(server, ExpiryOf(later.id(), std::chrono::milliseconds(300))).status.ok());
  later.ReadCloseAndAnswer();
  put_off.Echo("still here");
  taken_away.Echo("still here");
}

TEST(UpdateTest, RefusesByName) {
  RunningServer server;
  const Client client = server.Open();
  auto request = LabelOf(client.id(), std::string(257, 'v'));
  EXPECT_EQ(DetailsOf(Update(server, request).status).reason, "LABEL_VALUE_TOO_LONG");
  EXPECT_EQ(DetailsOf(Update(server, request).status).field, "connection.labels");
  request = LabelOf(client.id(), "gold");
  request.mutable_update_mask()->add_paths("path");
  EXPECT_EQ(DetailsOf(Update(server, request).status).reason, "UPDATE_MASK_INVALID");
  EXPECT_EQ(Update(server, LabelOf("abcd-12345678-1", "gold")).status.error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(server.Get(client.id()).revision(), 1u);
}

}  // namespace
}  // namespace drawbridge
