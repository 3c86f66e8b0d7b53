// Tokens at the handshake: what a client gets for one, and what a refusal says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/connections/close.h"
#include "gateway/identity/token_rules.h"
#include "tests/gateway/listener/token_gateway.h"
#include "tests/support/client.h"
#include "tests/support/frame_codec.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

TEST(TokenHandshakeTest, AConnectionHasWhatItsTokenSays) {
  TokenGateway gateway;
  const std::string token =
      gateway.Token(TokenGateway::Payload("alice", seconds(60), R"(,"jti":"t-1","role":"admin")"));
  Client client = gateway.Open(token);
  client.Echo("hello");
  const auto connection = gateway.running().Find(client);
  EXPECT_EQ(connection->info().principal, "alice");
  const AttributesPointer attributes = connection->attributes();
  ASSERT_NE(attributes, nullptr);
  EXPECT_THAT(attributes->labels, ElementsAre(Pair("role", "admin")));
  EXPECT_EQ(attributes->token_id, "t-1");
  EXPECT_EQ(attributes->expire_time, ManualClock().Wall() + seconds(60));
  EXPECT_EQ(gateway.gateway().registry().Count({IndexKey::OfPrincipal("alice")}), 1U);
  EXPECT_EQ(gateway.gateway().registry().Count({IndexKey::OfLabel("role", "admin")}), 1U);
}

TEST(TokenHandshakeTest, AConnectionEndsWithItsToken) {
  TokenGateway gateway;
  Client client = gateway.Open(gateway.Token(TokenGateway::Payload("alice", seconds(60))));
  client.Echo("hello");
  gateway.running().Pass(seconds(60));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "expired");
}

TEST(TokenHandshakeTest, TheCodeOfAnExpiredTokenCanBeSet) {
  TokenGateway gateway([](GatewayOptions* options) { options->session.token_expired_code = 4001; });
  Client client = gateway.Open(gateway.Token(TokenGateway::Payload("alice", seconds(60))));
  client.Echo("hello");
  gateway.running().Pass(seconds(60));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 4001);
}

TEST(TokenHandshakeTest, AnExpiryOfTheControlApiReplacesThatOfTheToken) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->session.token_expired_code = 4001;
    options->session.ping_interval = seconds(0);
  });
  Client client = gateway.Open(gateway.Token(TokenGateway::Payload("alice", seconds(60))));
  client.Echo("hello");
  const auto connection = gateway.running().Find(client);
  const boost::intrusive_ptr<Attributes> updated(new Attributes(*connection->attributes()));
  updated->expire_time = ManualClock().Wall() + seconds(90);
  updated->expires_by_token = false;
  ASSERT_TRUE(gateway.gateway().registry().Update(*connection, connection->attributes(), updated));
  gateway.running().Pass(seconds(80));
  client.Echo("the token has expired");
  gateway.running().Pass(seconds(10));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1008);
}

TEST(TokenHandshakeTest, WithoutATokenTheAnswerIs401) {
  TokenGateway gateway;
  const HttpResponse response = gateway.Ask(Client::Options());
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.body, "a token is required\n");
  EXPECT_EQ(response.headers.at("www-authenticate"), "Bearer realm=\"drawbridge\"");
  EXPECT_EQ(gateway.gateway().tokens()->counts().missing, 1U);
}

TEST(TokenHandshakeTest, ATokenMayBeOptional) {
  TokenGateway gateway([](GatewayOptions* options) { options->identity.required = false; });
  Client anonymous = gateway.running().Open();
  anonymous.Echo("hello");
  EXPECT_THAT(gateway.running().Find(anonymous)->info().principal, IsEmpty());
  EXPECT_EQ(gateway.Ask("x.y.z").status, 401) << "but a token that is shown must be valid";
}

TEST(TokenHandshakeTest, ARefusalNamesTheRuleAndNotTheToken) {
  TokenGateway gateway;
  const std::string token =
      gateway.Token(R"({"iss":"https://other.example","sub":"alice","exp":1800000000})");
  const HttpResponse response = gateway.Ask(token);
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(response.body, HasSubstr("https://other.example"));
  EXPECT_THAT(response.body, HasSubstr("https://issuer.example"));
  EXPECT_THAT(response.headers.at("www-authenticate"),
              HasSubstr("Bearer error=\"invalid_token\", error_description=\""));
  EXPECT_THAT(response.head + response.body, Not(HasSubstr(token.substr(token.rfind('.') + 1))));
  const TokenCounts counts = gateway.gateway().tokens()->counts();
  EXPECT_EQ(counts.refusals[static_cast<size_t>(TokenRule::kIssuer)], 1U);
  EXPECT_EQ(counts.refused, 1U);
  EXPECT_EQ(gateway.running().connections(), 0U);
}

TEST(TokenHandshakeTest, TwoTokensAre400) {
  TokenGateway gateway;
  const std::string line = "Authorization: Bearer " + gateway.TokenOf("alice");
  EXPECT_EQ(gateway.Ask(Client::Options{.headers = {line, line}}).status, 400);
  EXPECT_EQ(gateway.gateway().tokens()->counts().malformed, 1U);
}

TEST(TokenHandshakeTest, ATokenIsVerifiedOnceUntilKeysChange) {
  TokenGateway gateway;
  const std::string token = gateway.TokenOf("alice");
  for (int i = 0; i < 3; ++i) gateway.Open(token).Echo("hello");
  EXPECT_EQ(gateway.gateway().tokens()->counts().verified, 1U);
  EXPECT_EQ(gateway.gateway().tokens()->counts().cached, 2U);
  gateway.source().Take(gateway.KeySet());  // the same
  gateway.Open(token).Echo("hello");
  EXPECT_EQ(gateway.gateway().tokens()->counts().cached, 3U);
  gateway.source().Take(KeySetText({SigningKey::Ed25519().Jwk(R"("kid":"k1")")}));
  EXPECT_EQ(gateway.Ask(token).status, 401) << "its key is gone";
}

TEST(TokenHandshakeTest, ACachedTokenExpires) {
  TokenGateway gateway;
  const std::string token = gateway.Token(TokenGateway::Payload("alice", seconds(60)));
  gateway.Open(token).Echo("hello");
  gateway.running().Pass(seconds(120));
  EXPECT_EQ(gateway.Ask(token).status, 401);
}

TEST(TokenHandshakeTest, WhatIsSentBehindTheRequestIsNotLost) {
  TokenGateway gateway;
  Client client = gateway.running().Dial(TokenGateway::Bearer(gateway.TokenOf("alice")));
  client.Send(client.UpgradeRequest() + Encode({.payload = "early"}));
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadFrame().payload, "early");
  client.Echo("late");
}

TEST(TokenHandshakeTest, TheSubprotocolWithTheTokenIsNeitherSelectedNorListed) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->identity.sources = *TokenSources::Parse("subprotocol:jwt.");
    options->subprotocols = *SubprotocolPolicy::Parse("", "");
  });
  const std::string entry = "jwt." + gateway.TokenOf("alice");
  Client client = gateway.running().Dial({.headers = {"Sec-WebSocket-Protocol: " + entry + ", v1.chat"}});
  const HttpResponse response = client.Upgrade();
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.headers.at("sec-websocket-protocol"), "v1.chat");
  EXPECT_EQ(gateway.Ask(Client::Options{.headers = {"Sec-WebSocket-Protocol: " + entry}}).status, 400);
}

TEST(TokenHandshakeTest, TheQueryWithTheTokenIsNotListed) {
  TokenGateway gateway(
      [](GatewayOptions* options) { options->identity.sources = *TokenSources::Parse("query:token"); });
  Client client = gateway.running().Open({.target = "/chat?token=" + gateway.TokenOf("alice")});
  client.Echo("hello");
  EXPECT_EQ(gateway.running().Find(client)->info().path, "/chat");
  EXPECT_EQ(gateway.running().Find(client)->info().principal, "alice");
}

TEST(TokenHandshakeTest, WithoutKeysTheAnswerIs503) {
  TokenGateway gateway({}, /*has_keys=*/false);
  const HttpResponse response = gateway.Ask(gateway.TokenOf("alice"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.at("retry-after"), "5");
  EXPECT_EQ(gateway.gateway().tokens()->counts().no_keys, 1U);
}

TEST(TokenHandshakeTest, AnUnknownKeyIsFetchedOnceForAllWhoWait) {
  TokenGateway gateway;
  FakeFetches fetches(&gateway.source());
  fetches.Give(KeySource::Answer{gateway.KeySet(), seconds(3600)});
  ASSERT_TRUE(WaitUntil([&] { return gateway.source().settled() == 1; }));
  // The fetch at the start counts too: no other one for half a minute.
  EXPECT_EQ(gateway.Ask(gateway.Token(TokenGateway::Payload("bob"), "k2")).status, 401);
  EXPECT_EQ(fetches.begun(), 1);
}

TEST(TokenHandshakeTest, ClientsWaitForTheFirstKeys) {
  TokenGateway gateway({}, /*has_keys=*/false);
  FakeFetches fetches(&gateway.source());
  std::vector<Client> clients;
  clients.reserve(20);
  for (int i = 0; i < 20; ++i) {
    clients.push_back(
        gateway.running().Dial(TokenGateway::Bearer(gateway.TokenOf("client" + std::to_string(i)))));
    clients.back().Send(clients.back().UpgradeRequest());
  }
  clients.erase(clients.begin() + 10, clients.end());  // they leave
  ASSERT_TRUE(WaitUntil([&] { return fetches.begun() == 1; }));
  fetches.Give(KeySource::Answer{gateway.KeySet(), seconds(3600)});
  for (Client& client : clients) {
    EXPECT_EQ(client.ReadResponse().status, 101);
    client.Echo("hello");
  }
  EXPECT_EQ(fetches.begun(), 1);
  EXPECT_TRUE(WaitUntil([&] { return gateway.running().connections() == 10; }));
}

TEST(TokenHandshakeTest, AClientDoesNotWaitBeyondTheHandshake) {
  TokenGateway gateway([](GatewayOptions* options) { options->handshake_timeout = seconds(10); },
                       /*has_keys=*/false);
  FakeFetches fetches(&gateway.source());
  Client client = gateway.running().Dial(TokenGateway::Bearer(gateway.TokenOf("alice")));
  client.Send(client.UpgradeRequest());
  ASSERT_TRUE(WaitUntil([&] { return gateway.gateway().tokens()->waiting() == 1; }));
  gateway.running().Pass(seconds(10));
  const HttpResponse response = client.ReadResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "the token could not be verified in time: try again\n");
  fetches.Give(KeySource::Answer{gateway.KeySet(), seconds(3600)});  // no client waits for it
  Client late = gateway.Open(gateway.TokenOf("alice"));
  late.Echo("hello");
}

TEST(TokenHandshakeTest, ClientsThatWaitAreCutWithAllOthers) {
  TokenGateway gateway({}, /*has_keys=*/false);
  FakeFetches fetches(&gateway.source());
  Client client = gateway.running().Dial(TokenGateway::Bearer(gateway.TokenOf("alice")));
  client.Send(client.UpgradeRequest());
  ASSERT_TRUE(WaitUntil([&] { return gateway.gateway().tokens()->waiting() == 1; }));
  gateway.gateway().CutEveryone();
  client.DrainToEnd();
  fetches.Give(KeySource::Answer{gateway.KeySet(), seconds(3600)});
  gateway.Open(gateway.TokenOf("alice")).Echo("hello");
}

}  // namespace
}  // namespace drawbridge
