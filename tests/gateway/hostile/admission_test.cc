// Admission: origins, connections per address, and connections in total.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/gateway/hostile/running_gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HttpResponse UpgradeWith(RunningGateway& running, const std::vector<std::string>& headers) {
  Client client = running.Dial({.headers = headers});
  return client.Upgrade();
}

TEST(AdmissionTest, APageOfAnotherHostGets403) {
  RunningGateway running;
  EXPECT_EQ(UpgradeWith(running, {"Origin: https://gateway.example:8443"}).status, 101);
  EXPECT_EQ(UpgradeWith(running, {}).status, 101);
  EXPECT_EQ(UpgradeWith(running, {"Origin: null"}).status, 403);
  const HttpResponse refused = UpgradeWith(running, {"Origin: https://evil.example"});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, "pages of this origin may not connect\n");
}

TEST(AdmissionTest, ListedOriginsMayConnect) {
  RunningGateway running({.allowed_origins = *OriginPolicy::Parse("https://*.example.com")});
  EXPECT_EQ(UpgradeWith(running, {"Origin: https://app.example.com"}).status, 101);
  EXPECT_EQ(UpgradeWith(running, {"Origin: https://gateway.example"}).status, 403);
}

TEST(AdmissionTest, SecondAndEndlessOriginsAreRefused) {
  RunningGateway running;
  EXPECT_EQ(UpgradeWith(running, {"Origin: https://gateway.example", "Origin: https://evil.example"}).status,
            400);
  EXPECT_EQ(UpgradeWith(running, {"Origin: https://" + std::string(600, 'x')}).status, 403);
}

TEST(AdmissionTest, OneAddressHasOnlySoManyConnections) {
  RunningGateway running({.max_connections_per_address = 2});
  Client first = running.Open();
  Client second = running.Open();
  const HttpResponse refused = UpgradeWith(running, {});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "5");
  first.SendClose(1000);
  first.DrainToEnd();
  first.Close();
  // The client may see the end a moment before the gateway releases the place.
  EXPECT_TRUE(WaitUntil([&] { return UpgradeWith(running, {}).status == 101; }));
  second.Echo("still here");
}

TEST(AdmissionTest, ASocketCountsForItsAddressBeforeItAsks) {
  RunningGateway running({.max_connections_per_address = 2});
  Client silent = running.Dial();
  Client other = running.Open();
  EXPECT_EQ(UpgradeWith(running, {}).status, 429);
  silent.Close();
  EXPECT_TRUE(WaitUntil([&] { return UpgradeWith(running, {}).status == 101; }));
}

TEST(AdmissionTest, WhoIsRefusedForItsAddressTakesNobodysPlace) {
  constexpr size_t kPlaces = 3;
  RunningGateway running({.max_connections = kPlaces, .max_connections_per_address = 1});
  Client first = running.Open();
  std::vector<Client> silent;
  silent.reserve(200);
  // Clients that send nothing soon take all places for refusals. Further ones are reset, sometimes before
  // connect() returns.
  bool reset = false;
  for (int i = 0; i < 200; ++i) {
    try {
      silent.push_back(running.Dial());
    } catch (const std::exception&) {
      reset = true;
    }
  }
  RunningGateway::LetItLook(first);
  EXPECT_TRUE(reset || silent.back().ReadEnd() == Client::Ending::kReset);
  silent.clear();
  EXPECT_TRUE(WaitUntil([&] {
    try {
      Client client = running.Dial();
      return client.Upgrade().status == 429;  // and not 503: the gateway is not full
    } catch (const std::exception&) {
      return false;  // reset: the places are still taken
    }
  }));
}

TEST(AdmissionTest, HandshakesOverTheRateWaitAndTheEstablishedDoNot) {
  RunningGateway running({.handshakes_per_second = 2});
  Client first = running.Open();
  Client second = running.Open();
  Client third = running.Dial();
  Client fourth = running.Dial();
  third.Send(third.UpgradeRequest());
  fourth.Send(fourth.UpgradeRequest());
  RunningGateway::LetItLook(first);
  RunningGateway::LetItLook(second);
  EXPECT_EQ(running.connections(), 2u);

  running.Advance(milliseconds(500));
  EXPECT_EQ(third.ReadResponse().status, 101);
  RunningGateway::LetItLook(third);
  EXPECT_EQ(running.connections(), 3u);

  running.Advance(milliseconds(500));
  EXPECT_EQ(fourth.ReadResponse().status, 101);
}

}  // namespace
}  // namespace drawbridge
