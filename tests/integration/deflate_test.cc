// Messages of the control API to clients that compress, with every combination of negotiated parameters.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/raw_deflate.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

void Send(RunningServer& server, const std::string& id, const std::string& text) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::SendMessageRequest request;
  v1::SendMessageResponse response;
  request.set_connection_id(id);
  request.mutable_message()->set_text(text);
  request.set_wait_written(true);
  const grpc::Status status = server.stub().SendMessage(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

void Broadcast(RunningServer& server, const std::string& text) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::BroadcastMessageRequest request;
  v1::BroadcastMessageResponse response;
  request.set_filter("*");
  request.mutable_message()->set_text(text);
  const grpc::Status status = server.stub().BroadcastMessage(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.queued_count(), 1);
}

// Reads the next message with the client's inflation context.
std::string ReadMessage(Client& client, RawInflater& inflater) {
  const ServerFrame frame = client.ReadFrame();
  EXPECT_EQ(frame.opcode, kOpText);
  if (frame.rsv == 0) return frame.payload;
  EXPECT_EQ(frame.rsv, 4);
  return inflater.Inflate(frame.payload).value_or("it does not inflate");
}

// Regression test: the second of two empty messages after another message crashed the process.
TEST(DeflateTest, EmptyMessagesOfTheControlApiArrive) {
  const std::string text(100, 'x');
  for (const bool server_takeover : {false, true}) {
    for (const bool client_takeover : {false, true}) {
      for (const size_t min_bytes : {0, 1, 1024}) {
        SCOPED_TRACE(testing::Message() << "takeover by server " << server_takeover << ", by client "
                                        << client_takeover << ", min_bytes " << min_bytes);
        Flags flags = TestFlags();
        flags.permessage_deflate = true;
        flags.deflate = {.server_context_takeover = server_takeover,
                         .client_context_takeover = client_takeover,
                         .min_bytes = min_bytes};
        RunningServer server(flags);
        Client client = server.Open({.headers = {"Sec-WebSocket-Extensions: permessage-deflate"}});
        RawInflater inflater;
        for (const std::string& message : {text, std::string(), std::string(), text, std::string()}) {
          Send(server, client.id(), message);
          EXPECT_EQ(ReadMessage(client, inflater), message);
          Broadcast(server, message);
          EXPECT_EQ(ReadMessage(client, inflater), message);
        }
        EXPECT_EQ(server.Get(client.id()).sent_messages(), 10u);
      }
    }
  }
}

}  // namespace
}  // namespace drawbridge
