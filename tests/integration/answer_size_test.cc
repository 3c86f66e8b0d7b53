// Responses stay below 4 MiB, the default limit of gRPC clients, however long the labels are.
#include <fmt/format.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/attributes.h"
#include "gateway/connections/registry.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/watch_stream.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kConnections = 1000;

// 24 labels with keys of 50 bytes and values of 250 bytes. A single response with all of them has 7.5 MB.
AttributesPointer LongLabels() {
  boost::intrusive_ptr<Attributes> attributes(new Attributes);
  for (int i = 0; i < 24; ++i)
    attributes->labels[fmt::format("{:050}", i)] = std::string(250, static_cast<char>('a' + i));
  attributes->revision = 2;
  return attributes;
}

// Uses connections without a socket. The control plane does not distinguish them from real ones.
class AnswerSizeTest : public ::testing::Test {
 protected:
  AnswerSizeTest() {
    Registry& registry = server_.registry();
    const AttributesPointer labels = LongLabels();
    for (size_t i = 0; i < kConnections; ++i) {
      registrations_.push_back(registry.Add({.path = fmt::format("/{:0500}", i)}));
      const auto& connection = registrations_.back().connection();
      ids_.emplace_back(connection->info().id);
      EXPECT_TRUE(registry.Update(*connection, nullptr, labels));
    }
  }

  RunningServer server_;
  std::vector<Registration> registrations_;
  std::vector<std::string> ids_;
};

TEST_F(AnswerSizeTest, APageOfLongLabelsIsReceivedByAClientWithTheDefaultLimit) {
  for (const std::string filter : {"", "path:0", "labels:*"}) {
    v1::ListConnectionsRequest request;
    request.set_page_size(1000);
    request.set_filter(filter);
    std::vector<std::string> seen;
    int pages = 0;
    do {
      grpc::ClientContext context;
      v1::ListConnectionsResponse response;
      const grpc::Status status = server_.stub().ListConnections(&context, request, &response);
      ASSERT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
      EXPECT_LE(response.ByteSizeLong(), (size_t{3} << 20) + 1024);
      ASSERT_GT(response.connections_size(), 0) << "each page goes on";
      for (const auto& connection : response.connections()) seen.push_back(connection.connection_id());
      request.set_page_token(response.next_page_token());
      ++pages;
    } while (!request.page_token().empty());
    EXPECT_EQ(seen, ids_) << filter;
    EXPECT_EQ(pages, 3) << filter;
  }
}

TEST_F(AnswerSizeTest, AWatchShowsThemAll) {
  WatchStream watch(server_.stub());
  std::set<std::string> seen;
  for (;;) {
    const auto response = watch.Next();
    if (response.type() == v1::CONNECTION_EVENT_TYPE_BOOKMARK) break;
    seen.insert(response.connection().connection_id());
  }
  EXPECT_EQ(seen, std::set<std::string>(ids_.begin(), ids_.end()));
}

TEST_F(AnswerSizeTest, ADryRunAndACountOfLongPathsAreReceived) {
  v1::InterruptConnectionsRequest dry_run;
  dry_run.set_filter("*");
  dry_run.set_dry_run(true);
  grpc::ClientContext context;
  const auto reader = server_.stub().InterruptConnections(&context, dry_run);
  v1::InterruptConnectionsResponse progress;
  while (reader->Read(&progress)) {
  }
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(progress.sample_connection_ids_size(), 100);

  v1::CountConnectionsRequest by_path;
  by_path.set_group_by("path");
  by_path.set_max_groups(1000);
  v1::CountConnectionsResponse count;
  grpc::ClientContext another;
  ASSERT_TRUE(server_.stub().CountConnections(&another, by_path, &count).ok());
  EXPECT_EQ(count.groups_size(), 1000);
}

}  // namespace
}  // namespace drawbridge
