// UpdateConnection over a real channel: what is written is read, found by filters, and refused where it must
// be.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

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
