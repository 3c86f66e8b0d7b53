// Each flag that limits admission or traffic, set as an operator sets it.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

Flags With(void (*set)(Flags&)) {
  Flags flags = TestFlags();
  set(flags);
  return flags;
}

int StatusOf(RunningServer& server, const Client::Options& options = {}) {
  return Client::Dial(server.address(), options).Upgrade().status;
}

TEST(LimitsTest, ByDefaultPagesOfTheSameHostMayConnect) {
  RunningServer server;
  EXPECT_EQ(StatusOf(server), 101);
  EXPECT_EQ(StatusOf(server, {.headers = {"Origin: https://gateway.example"}}), 101);
  EXPECT_EQ(StatusOf(server, {.headers = {"Origin: https://evil.example"}}), 403);
}

TEST(LimitsTest, AllowedOriginsMayOpenIt) {
  RunningServer server(With([](Flags& flags) { flags.allowed_origins = "*"; }));
  EXPECT_EQ(StatusOf(server, {.headers = {"Origin: https://evil.example"}}), 101);
}

TEST(LimitsTest, MaxConnectionsPerAddressIsHeld) {
  RunningServer server(With([](Flags& flags) { flags.max_connections_per_address = 2; }));
  Client first = server.Open();
  Client second = server.Open();
  EXPECT_EQ(StatusOf(server), 429);
}

TEST(LimitsTest, TrustedProxiesTellTheAddress) {
  RunningServer server(With([](Flags& flags) { flags.trusted_proxies = "127.0.0.1"; }));
  const std::string v2("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\x12\x67\x1f\x90", 28);
  for (const auto& [preface, header] : std::vector<std::pair<std::string, std::string>>{
           {"", "X-Forwarded-For: 192.0.2.1"},
           {"", "Forwarded: for=\"192.0.2.1:4711\""},
           {"PROXY TCP4 192.0.2.1 192.0.2.2 4711 8080\r\n", "X: y"},
           {v2, "X: y"}}) {
    Client client = Client::Dial(server.address(), {.headers = {header}});
    client.Send(preface);
    EXPECT_EQ(client.Upgrade().status, 101) << preface << header;
    const std::string port = header.starts_with("X-F") ? "0" : "4711";
    EXPECT_EQ(server.Get(client.id()).remote_address(), "192.0.2.1:" + port) << preface << header;
  }
}

// How long an empty token bucket makes the next request wait. The tokens of one second are available at once.
constexpr milliseconds kNearlyASecond{900};

TEST(LimitsTest, HandshakesPerSecondAreHeld) {
  RunningServer server(With([](Flags& flags) { flags.handshakes_per_second = 1; }));
  const auto begin = Steady::now();
  Client first = server.Open();
  Client second = server.Open();
  EXPECT_GE(Steady::now() - begin, kNearlyASecond);
}

TEST(LimitsTest, MessagesPerSecondAreHeld) {
  RunningServer server(With([](Flags& flags) { flags.messages_per_second = 1; }));
  Client client = server.Open();
  const auto begin = Steady::now();
  for (int i = 0; i < 3; ++i) client.Echo("x");  // one at once, and one in advance
  EXPECT_GE(Steady::now() - begin, kNearlyASecond);
}

TEST(LimitsTest, BytesPerSecondAreHeld) {
  RunningServer server(With([](Flags& flags) { flags.bytes_per_second = 1000; }));
  Client client = server.Open();
  const auto begin = Steady::now();
  client.Echo(std::string(2000, 'x'));
  client.Echo("behind a debt of 1000 bytes");
  EXPECT_GE(Steady::now() - begin, kNearlyASecond);
}

}  // namespace
}  // namespace drawbridge
