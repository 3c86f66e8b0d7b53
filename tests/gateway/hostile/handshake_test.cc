// Hostile clients during the handshake: slow, oversized, or disconnected in the middle.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

TEST(HostileHandshakeTest, ByteByByteIsAnsweredWith408WhenTheTimeIsUp) {
  RunningGateway running({.handshake_timeout = seconds(10)});
  Client witness = running.Open();
  Client slow = running.Dial();
  const std::string request = slow.UpgradeRequest();
  for (const char byte : request.substr(0, request.size() - 1)) {
    slow.Send({&byte, 1});
    running.Advance(std::chrono::nanoseconds(seconds(9)) / request.size());
    witness.Echo("nobody else waits");
  }
  running.Advance(seconds(2));
  const HttpResponse response = slow.ReadResponse();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.body, "the request took too long\n");
  EXPECT_EQ(slow.ReadEnd(), Client::Ending::kEndOfFile);
}

TEST(HostileHandshakeTest, ByteByByteWithinTheTimeIsServed) {
  RunningGateway running;
  Client slow = running.Dial();
  for (const char byte : slow.UpgradeRequest()) slow.Send({&byte, 1});
  EXPECT_EQ(slow.ReadResponse().status, 101);
  slow.Echo("patience");
}

TEST(HostileHandshakeTest, SilenceIsAnsweredWith408) {
  RunningGateway running({.handshake_timeout = seconds(10)});
  Client witness = running.Open();
  Client silent = running.Dial();
  RunningGateway::LetItLook(witness);
  running.Advance(seconds(11));
  EXPECT_EQ(silent.ReadResponse().status, 408);
}

std::string Bomb(const std::string& line, size_t size) {
  std::string bomb = "GET / HTTP/1.1\r\nHost: gateway.example\r\n";
  while (bomb.size() < size) bomb += line;
  return bomb;
}

TEST(HostileHandshakeTest, AHeaderBombIsAnsweredWith431) {
  RunningGateway running;
  for (const std::string& line :
       {std::string("X: y\r\n"), std::string("X: ") + std::string(1000, 'y') + "\r\n", std::string("x")}) {
    Client client = running.Dial();
    client.Send(Bomb(line, 17 * 1024));
    EXPECT_EQ(client.ReadResponse().status, 431) << line;
  }
}

TEST(HostileHandshakeTest, HeaderBombsTakeBoundedMemory) {
  RunningGateway running;
  Client witness = running.Open();
  const std::string bomb = Bomb("X-Bomb: " + std::string(500, 'y') + "\r\n", 1 << 20);
  const size_t before = ResidentMemory();
  std::vector<Client> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(running.Dial());
    // All of them together are 100 MiB. The gateway may end the connection in the middle.
    try {
      clients.back().Send(bomb);
    } catch (const std::exception& error) {
      SUCCEED() << error.what();
    }
  }
  RunningGateway::LetItLook(witness);
  EXPECT_LT(ResidentMemory(), before + (size_t{32} << 20));
  running.Open().Echo("still here");
}

// A conversation with several kinds of frames.
std::string Conversation(const Client& client) {
  return client.UpgradeRequest() + Encode({.payload = "hello"}) + Encode({.payload = "frag", .fin = false}) +
         Encode({.opcode = kOpPing, .payload = "ping"}) +
         Encode({.opcode = kOpContinuation, .payload = "mented"}) +
         Encode({.opcode = kOpBinary, .payload = std::string(200, '\xff')}) +
         Encode({.opcode = kOpClose, .payload = ClosePayloadOf(1000, "bye")});
}

TEST(HostileHandshakeTest, AResetAtEveryByteOfAConversationLeavesNothingBehind) {
  RunningGateway running;
  const std::string conversation = Conversation(running.Dial());
  for (size_t size = 0; size <= conversation.size(); ++size) {
    Client client = running.Dial();
    client.Send(conversation.substr(0, size));
    client.Reset();
  }
  running.Open().Echo("still here");
  EXPECT_TRUE(WaitUntil([&] { return running.connections() == 0; }));
}

TEST(HostileHandshakeTest, AResetAfterEveryByteWasReadLeavesNothingBehind) {
  RunningGateway running;
  const std::string conversation = Conversation(running.Dial());
  Client witness = running.Open();
  for (size_t size = 0; size <= conversation.size(); ++size) {
    Client client = running.Dial();
    client.Send(conversation.substr(0, size));
    witness.Echo("now it was looked at");
    client.Reset();
  }
  EXPECT_TRUE(WaitUntil([&] { return running.connections() == 1; }));
  witness.Echo("still here");
}

}  // namespace
}  // namespace drawbridge
