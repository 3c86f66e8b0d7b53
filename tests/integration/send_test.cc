// SendMessage over a real channel: what the client receives, when the call is answered, and what is refused.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "tests/support/client.h"
#include "tests/support/flood.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

struct SendReply {
  grpc::Status status;
  v1::SendMessageResponse response;
};

SendReply Send(RunningServer& server, const v1::SendMessageRequest& request,
               std::chrono::milliseconds deadline = kPatience) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline);
  SendReply reply;
  reply.status = server.stub().SendMessage(&context, request, &reply.response);
  return reply;
}

v1::SendMessageRequest TextTo(const std::string& id, const std::string& text, bool wait_written = false) {
  v1::SendMessageRequest request;
  request.set_connection_id(id);
  request.mutable_message()->set_text(text);
  request.set_wait_written(wait_written);
  return request;
}

// Sends to a client that does not read, until its queue is full.
void FillUp(RunningServer& server, const std::string& id) {
  const std::string text(512 * 1024, 'x');
  int refused = 0;
  EXPECT_TRUE(WaitUntil([&] {
    const SendReply reply = Send(server, TextTo(id, text));
    refused = reply.status.ok() ? 0 : refused + 1;
    return refused == 20;
  }));
}

void ExpectRefused(const grpc::Status& status, grpc::StatusCode code, const std::string& reason,
                   const std::string& field = "") {
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  EXPECT_EQ(DetailsOf(status).domain, "drawbridge");
  EXPECT_EQ(DetailsOf(status).reason, reason);
  EXPECT_EQ(DetailsOf(status).field, field);
}

TEST(SendMessageTest, TextAndBinaryArriveInOrderAndAreCounted) {
  RunningServer server;
  Client client = server.Open();
  EXPECT_TRUE(Send(server, TextTo(client.id(), "hello")).status.ok());
  v1::SendMessageRequest binary;
  binary.set_connection_id(client.id());
  binary.mutable_message()->set_binary(std::string("\0\xff", 2));
  EXPECT_TRUE(Send(server, binary).status.ok());
  EXPECT_TRUE(Send(server, TextTo(client.id(), "", true)).status.ok()) << "an empty message is one";
  ServerFrame frame = client.ReadFrame();
  EXPECT_EQ(frame.opcode, kOpText);
  EXPECT_EQ(frame.payload, "hello");
  frame = client.ReadFrame();
  EXPECT_EQ(frame.opcode, kOpBinary);
  EXPECT_EQ(frame.payload, std::string("\0\xff", 2));
  EXPECT_EQ(client.ReadFrame().payload, "");
  EXPECT_EQ(server.Get(client.id()).sent_messages(), 3u);
  EXPECT_EQ(server.Get(client.id()).sent_bytes(), 7u);
}

TEST(SendMessageTest, WaitWrittenIsAnsweredWhenTheKernelHasTheMessage) {
  RunningServer server;
  Client client = server.Open();
  const SendReply reply = Send(server, TextTo(client.id(), "hello", true));
  EXPECT_TRUE(reply.status.ok());
  EXPECT_EQ(reply.response.send_queue_messages(), 0u);
  EXPECT_EQ(reply.response.send_queue_bytes(), 0u);
  EXPECT_EQ(client.ReadFrame().payload, "hello");
}

TEST(SendMessageTest, WaitWrittenWaitsForAClientThatDoesNotRead) {
  RunningServer server;
  Client client = server.Open(SmallBuffers());
  const auto connection = server.Find(client.id());
  // Adds to the queue until a message is sure not to be in the kernel as a whole.
  while (Send(server, TextTo(client.id(), std::string(256 * 1024, 'x'), true), std::chrono::milliseconds(100))
             .status.ok()) {
  }
  EXPECT_GT(connection->traffic().send_queue_bytes.Get(), 0u);
  auto waiting =
      std::async(std::launch::async, [&] { return Send(server, TextTo(client.id(), "last", true)); });
  while (client.ReadFrame().payload != "last") {
  }
  EXPECT_TRUE(waiting.get().status.ok());
}

TEST(SendMessageTest, WaitWrittenTellsThatTheConnectionEndedFirst) {
  RunningServer server;
  Client client = server.Open(SmallBuffers());
  while (Send(server, TextTo(client.id(), std::string(256 * 1024, 'x'), true), std::chrono::milliseconds(100))
             .status.ok()) {
  }
  const auto before = server.Find(client.id())->traffic().send_queue_messages.Get();
  auto waiting =
      std::async(std::launch::async, [&] { return Send(server, TextTo(client.id(), "lost", true)); });
  ASSERT_TRUE(
      WaitUntil([&] { return server.Find(client.id())->traffic().send_queue_messages.Get() > before; }));
  client.Reset();
  ExpectRefused(waiting.get().status, grpc::StatusCode::FAILED_PRECONDITION, "CONNECTION_CLOSED_UNWRITTEN");
}

TEST(SendMessageTest, AFullQueueRefusesAndSaysSo) {
  RunningServer server;
  Client client = server.Open(SmallBuffers());
  FillUp(server, client.id());
  const auto before = server.Get(client.id());
  EXPECT_LE(before.send_queue_bytes(), TestFlags().send_queue_bytes);
  const std::string too_much(TestFlags().send_queue_bytes - before.send_queue_bytes(), 'x');
  ExpectRefused(Send(server, TextTo(client.id(), too_much, true)).status,
                grpc::StatusCode::RESOURCE_EXHAUSTED, "SEND_QUEUE_FULL");
  EXPECT_EQ(server.Get(client.id()).send_queue_messages(), before.send_queue_messages());
}

TEST(SendMessageTest, AMessageThatIsLargerThanAnyQueueIsRefusedByName) {
  Flags flags = TestFlags();
  flags.send_queue_bytes = 1024;
  RunningServer server(flags);
  Client client = server.Open();
  const auto status = Send(server, TextTo(client.id(), std::string(1000, 'x'), true)).status;
  ExpectRefused(status, grpc::StatusCode::INVALID_ARGUMENT, "MESSAGE_TOO_LARGE", "message");
  EXPECT_EQ(
      status.error_message(),
      "message: has 1000 bytes: a send queue takes at most 976 (--send_queue_bytes, less 48 a message)");
  EXPECT_TRUE(Send(server, TextTo(client.id(), std::string(976, 'x'), true)).status.ok());
  EXPECT_EQ(client.ReadFrame().payload.size(), 976u);
}

TEST(SendMessageTest, WhoIsClosingOrClosedGetsNothingMore) {
  RunningServer server;
  Client client = server.Open();
  auto interrupt = StartInterrupt(server, InterruptOf(client.id()));
  server.WaitUntilClosing(client.id());
  for (const bool wait : {false, true}) {
    ExpectRefused(Send(server, TextTo(client.id(), "late", wait)).status,
                  grpc::StatusCode::FAILED_PRECONDITION, "CONNECTION_CLOSING");
  }
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1008);
  EXPECT_TRUE(interrupt.get().status.ok());
  ExpectRefused(Send(server, TextTo(client.id(), "late")).status, grpc::StatusCode::FAILED_PRECONDITION,
                "CONNECTION_CLOSING");
}

TEST(SendMessageTest, BadRequestsAreNamed) {
  RunningServer server;
  Client client = server.Open();
  using grpc::StatusCode::INVALID_ARGUMENT;
  ExpectRefused(Send(server, TextTo("", "x")).status, INVALID_ARGUMENT, "CONNECTION_ID_MALFORMED",
                "connection_id");
  ExpectRefused(Send(server, TextTo("Not An Id", "x", true)).status, INVALID_ARGUMENT,
                "CONNECTION_ID_MALFORMED", "connection_id");
  ExpectRefused(Send(server, TextTo("nobody", "x", true)).status, grpc::StatusCode::NOT_FOUND,
                "CONNECTION_NOT_FOUND");
  v1::SendMessageRequest empty;
  empty.set_connection_id(client.id());
  ExpectRefused(Send(server, empty).status, INVALID_ARGUMENT, "MESSAGE_MISSING", "message");
  client.Echo("nothing came");
}

}  // namespace
}  // namespace drawbridge
