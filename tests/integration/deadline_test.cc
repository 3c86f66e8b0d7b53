// Calls that wait are answered before their deadline. gRPC 1.51 sends two answers to a call whose deadline
// passes, and clients based on hyper-h2 drop the connection because of that. The answers of gRPC have no
// error details, which tells them from those of the gateway.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "tests/support/flood.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;
using std::chrono::milliseconds;

class DeadlineTest : public ::testing::Test {
 protected:
  static constexpr milliseconds kTimeout{1500};

  DeadlineTest() { context_.set_deadline(std::chrono::system_clock::now() + kTimeout); }

  // Reads the stream to its end.
  template <typename Reader, typename Response>
  static grpc::Status EndOf(Reader reader, Response response) {
    while (reader->Read(&response)) {
    }
    return reader->Finish();
  }

  void ExpectAnsweredByTheGateway(const grpc::Status& status, const std::string& goes_on) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_EQ(DetailsOf(status).reason, "DEADLINE_EXCEEDED") << status.error_message();
    EXPECT_EQ(status.error_message(), "the deadline of the call has expired; " + goes_on);
    const auto waited = std::chrono::steady_clock::now() - begin_;
    EXPECT_GE(waited, kTimeout * 3 / 4) << "it is answered a moment before, and no earlier";
  }

  RunningServer server_;
  Client client_ = server_.Open();
  grpc::ClientContext context_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TEST_F(DeadlineTest, OfAnInterrupt) {
  v1::InterruptConnectionResponse response;
  ExpectAnsweredByTheGateway(
      server_.stub().InterruptConnection(&context_, InterruptOf(client_.id()), &response),
      "the interrupt continues");
  client_.ReadCloseAndAnswer();
  EXPECT_TRUE(server_.GetWhenClosed(client_.id()).close().clean());
}

TEST_F(DeadlineTest, OfABulkInterrupt) {
  v1::InterruptConnectionsRequest request;
  request.set_filter("*");
  request.set_all(true);
  request.mutable_grace()->set_seconds(60);
  ExpectAnsweredByTheGateway(
      EndOf(server_.stub().InterruptConnections(&context_, request), v1::InterruptConnectionsResponse()),
      "no further connection is closed; closes that have begun continue");
  client_.ReadCloseAndAnswer();
}

TEST_F(DeadlineTest, OfAMessageThatTheClientDoesNotTake) {
  Client deaf = server_.Open(SmallBuffers());
  v1::SendMessageRequest request;
  request.set_connection_id(deaf.id());
  request.set_wait_written(true);
  request.mutable_message()->set_binary(std::string(256 * 1024, 'x'));
  v1::SendMessageResponse response;
  grpc::Status status;
  // The first calls fill the kernel's buffers and return at once. The last one waits.
  do {
    grpc::ClientContext context;
    begin_ = std::chrono::steady_clock::now();
    context.set_deadline(std::chrono::system_clock::now() + kTimeout);
    status = server_.stub().SendMessage(&context, request, &response);
  } while (status.ok());
  ExpectAnsweredByTheGateway(status, "the message stays queued");
}

TEST_F(DeadlineTest, OfAWatch) {
  ExpectAnsweredByTheGateway(
      EndOf(server_.stub().WatchConnections(&context_, {}), v1::WatchConnectionsResponse()),
      "resume from the last response's resume_token");
}

TEST_F(DeadlineTest, OfADrain) {
  const auto stub = v1::NodeService::NewStub(server_.channel());
  ExpectAnsweredByTheGateway(EndOf(stub->DrainNode(&context_, {}), v1::DrainNodeResponse()),
                             "the drain continues");
  client_.ReadCloseAndAnswer();
}

}  // namespace
}  // namespace drawbridge
