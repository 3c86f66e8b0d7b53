// Each handler, selected by its name, behind a real socket.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/handlers/new_handler.h"
#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/frame_codec.h"

namespace drawbridge {
namespace {

TEST(HandlersTest, EveryNameHasAHandler) {
  for (const std::string& name : HandlerNames()) EXPECT_NE(NewHandler(name), nullptr) << name;
  EXPECT_EQ(HandlerNames().front(), "echo");
  EXPECT_EQ(NewHandler("shout"), nullptr);
}

TEST(HandlersTest, EchoAnswers) {
  const std::unique_ptr<Handler> handler = NewHandler("echo");
  RunningGateway running({}, handler.get());
  running.Open().Echo("hello");
}

TEST(HandlersTest, DiscardCountsAndDrops) {
  const std::unique_ptr<Handler> handler = NewHandler("discard");
  RunningGateway running({}, handler.get());
  Client client = running.Open();
  client.SendText("hello");
  client.SendFrame({.opcode = kOpBinary, .payload = std::string(70'000, 'b')});
  client.SendFrame({.payload = "in ", .fin = false});
  client.SendFrame({.opcode = kOpContinuation, .payload = "two"});
  client.SendFrame({.opcode = kOpPing, .payload = "still there?"});
  const ServerFrame next = client.ReadFrame();
  EXPECT_EQ(next.opcode, kOpPong) << "nothing comes back but this: " << next.payload;
  const auto connection = running.Find(client);
  EXPECT_EQ(connection->traffic().received_messages.Get(), 3u);
  EXPECT_EQ(connection->traffic().received_bytes.Get(), 70'011u);
  EXPECT_EQ(connection->traffic().sent_messages.Get(), 0u);
  connection->Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_EQ(client.ReadClose().opcode, kOpClose);
}

// The limits apply to every handler.
TEST(HandlersTest, DiscardTakesNoMessageThatIsTooLarge) {
  const std::unique_ptr<Handler> handler = NewHandler("discard");
  RunningGateway running({.session = {.max_message_bytes = 10}}, handler.get());
  Client client = running.Open();
  client.SendText("eleven byte");
  EXPECT_EQ(client.ReadClose().code(), 1009);
}

}  // namespace
}  // namespace drawbridge
