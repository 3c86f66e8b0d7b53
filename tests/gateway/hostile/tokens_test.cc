// A storm of clients with tokens that were never seen, which leave at every moment of the verification.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/gateway/listener/token_gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

TEST(HostileTokensTest, ClientsThatLeaveWhileTheirTokenIsVerifiedLeaveNothingBehind) {
  TokenGateway gateway([](GatewayOptions* options) { options->io_threads = 2; });
  Client witness = gateway.Open(gateway.TokenOf("witness"));
  constexpr int kThreads = 3;
  constexpr int kClients = 150;
  {
    std::vector<std::jthread> storm;
    storm.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
      storm.emplace_back([&gateway, t] {
        for (int i = 0; i < kClients; ++i) {
          const std::string token = gateway.TokenOf("client-" + std::to_string(t) + "-" + std::to_string(i));
          Client client = gateway.running().Dial(
              TokenGateway::Bearer(i % 5 == 4 ? token.substr(0, token.size() - 4) + "AAAA" : token));
          client.Send(client.UpgradeRequest());
          if (i % 3 == 0) client.Reset();
          if (i % 3 == 1) client.Close();
          if (i % 3 == 2) client.ReadResponse();
        }
      });
    }
    for (int i = 0; i < 50; ++i) witness.Echo("not delayed");
  }
  EXPECT_TRUE(WaitUntil([&] { return gateway.running().connections() == 1; }));
  EXPECT_TRUE(WaitUntil([&] { return gateway.gateway().tokens()->waiting() == 0; }));
  witness.Echo("still here");
  const TokenCounts counts = gateway.gateway().tokens()->counts();
  EXPECT_GT(counts.verified, 1U);
  EXPECT_GT(counts.refused, 0U);
  EXPECT_EQ(counts.busy, 0U);
}

TEST(HostileTokensTest, TheGatewayMayEndWhileTokensAreVerified) {
  for (int round = 0; round < 5; ++round) {
    std::vector<Client> clients;
    TokenGateway gateway;
    clients.reserve(30);
    for (int i = 0; i < 30; ++i) {
      clients.push_back(gateway.running().Dial(
          TokenGateway::Bearer(gateway.TokenOf(std::to_string(round) + "-" + std::to_string(i)))));
      clients.back().Send(clients.back().UpgradeRequest());
    }
  }
}

TEST(HostileTokensTest, UnknownKeysOfManyClientsCauseOneFetch) {
  TokenGateway gateway;
  FakeFetches fetches(&gateway.source());
  fetches.Give(KeySource::Answer{gateway.KeySet(), seconds(3600)});
  ASSERT_TRUE(WaitUntil([&] { return gateway.source().settled() == 1; }));
  std::vector<Client> clients;
  clients.reserve(100);
  for (int i = 0; i < 100; ++i) {
    clients.push_back(gateway.running().Dial(
        TokenGateway::Bearer(gateway.Token(TokenGateway::Payload("mallory"), "key-" + std::to_string(i)))));
    clients.back().Send(clients.back().UpgradeRequest());
  }
  for (Client& client : clients) EXPECT_EQ(client.ReadResponse().status, 401);
  EXPECT_EQ(fetches.begun(), 1) << "within half a minute";
}

}  // namespace
}  // namespace drawbridge
