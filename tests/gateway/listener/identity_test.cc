// The identity of a client by other means than a token alone, and its effects: headers of a trusted proxy,
// bans, limits of a principal, and refusals by a close.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/bans.h"
#include "gateway/connections/close.h"
#include "tests/gateway/listener/token_gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

IdentityHeaders Headers(const std::string& principal, const std::string& labels = "") {
  return std::get<IdentityHeaders>(IdentityHeaders::Parse(principal, labels));
}

// Without tokens.
GatewayOptions BehindProxy(const std::string& trusted) {
  GatewayOptions options;
  options.trusted_proxies = *TrustedProxies::Parse(trusted);
  options.identity.headers = Headers("X-User", "X-Role=role");
  return options;
}

TEST(ProxyIdentityTest, ATrustedProxyTellsPrincipalAndLabels) {
  RunningGateway running(BehindProxy("127.0.0.0/8"));
  Client client = running.Open({.headers = {"X-User: alice", "X-Role: admin", "X-Forwarded-For: 192.0.2.1"}});
  client.Echo("hello");
  const auto connection = running.Find(client);
  EXPECT_EQ(connection->info().principal, "alice");
  EXPECT_THAT(connection->attributes()->labels, ElementsAre(Pair("role", "admin")));
  EXPECT_FALSE(connection->attributes()->expire_time.has_value());
}

TEST(ProxyIdentityTest, AnybodyElseTellsNothing) {
  RunningGateway running(BehindProxy("192.0.2.0/24"));
  Client client = running.Open({.headers = {"X-User: alice", "X-User: bob", "X-Role: admin"}});
  client.Echo("hello");
  EXPECT_EQ(running.Find(client)->info().principal, "");
  EXPECT_EQ(running.Find(client)->attributes(), nullptr);
}

TEST(ProxyIdentityTest, BehindTheProxyProtocolTheClientWritesTheHeaders) {
  RunningGateway running(BehindProxy("127.0.0.0/8"));
  for (const char* preface : {"PROXY TCP4 192.0.2.1 192.0.2.2 5000 80\r\n", "PROXY UNKNOWN\r\n"}) {
    Client client = running.Open({.headers = {"X-User: alice"}, .preface = preface});
    client.Echo("hello");
    EXPECT_EQ(running.Find(client)->info().principal, "") << preface;
  }
  Client client =
      running.Open({.headers = {"X-User: alice"}, .preface = "PROXY TCP4 127.0.0.9 192.0.2.2 5000 80\r\n"});
  client.Echo("hello");
  EXPECT_EQ(running.Find(client)->info().principal, "alice") << "the source is a trusted proxy itself";
}

TEST(ProxyIdentityTest, MalformedHeadersAre400) {
  RunningGateway running(BehindProxy("127.0.0.0/8"));
  const auto ask = [&running](std::vector<std::string> headers) {
    return running.Dial({.headers = std::move(headers)}).Upgrade();
  };
  EXPECT_EQ(ask({"X-User: alice", "X-User: alice"}).body, "more than one X-User header\n");
  EXPECT_EQ(ask({"X-User: " + std::string(257, 'a')}).body, "X-User has 257 bytes: must have at most 256\n");
  EXPECT_EQ(ask({"X-User: \xff"}).body, "X-User is not UTF-8 without control characters\n");
  EXPECT_EQ(ask({"X-User: a\u009b2J"}).body, "X-User is not UTF-8 without control characters\n");
  EXPECT_EQ(ask({"X-Role: " + std::string(257, 'a')}).status, 400);
  EXPECT_EQ(ask({"X-User: " + std::string(256, 'a')}).status, 101);
  EXPECT_EQ(ask({"X-User:"}).status, 101) << "as absent";
}

TEST(ProxyIdentityTest, ATokenWinsOverTheHeader) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->trusted_proxies = *TrustedProxies::Parse("127.0.0.1");
    options->identity.headers = Headers("X-User");
    options->identity.required = false;
  });
  Client::Options both = TokenGateway::Bearer(gateway.TokenOf("alice"));
  both.headers.emplace_back("X-User: bob");
  Client client = gateway.running().Open(both);
  client.Echo("hello");
  EXPECT_EQ(gateway.running().Find(client)->info().principal, "alice");
  Client told = gateway.running().Open({.headers = {"X-User: bob"}});
  told.Echo("hello");
  EXPECT_EQ(gateway.running().Find(told)->info().principal, "bob");
}

TEST(ProxyIdentityTest, WhereATokenIsRequiredTheHeaderIsNotEnough) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->trusted_proxies = *TrustedProxies::Parse("127.0.0.1");
    options->identity.headers = Headers("X-User");
  });
  EXPECT_EQ(gateway.Ask(Client::Options{.headers = {"X-User: bob"}}).status, 401);
}

Ban BanOf(BanSubject subject) {
  const ManualClock clock;
  return {.ban_id = "b1",
          .subject = std::move(subject),
          .http_status = 451,
          .create_time = clock.Wall(),
          .expire_time = clock.Wall() + std::chrono::hours(1)};
}

TEST(BanAtHandshakeTest, EachKindOfBanRefusesTheClient) {
  for (const BanSubject& subject :
       {BanSubject(BannedPrincipal{"alice"}), BanSubject(*IpNetwork::Parse("127.0.0.0/8")),
        BanSubject(BannedLabel{"role", "admin"}), BanSubject(BannedToken{"t-1"})}) {
    TokenGateway gateway;
    const std::string token =
        gateway.Token(TokenGateway::Payload("alice", seconds(60), R"(,"jti":"t-1","role":"admin")"));
    ASSERT_TRUE(gateway.gateway().bans().Insert(BanOf(subject)));
    for (int i = 0; i < 2; ++i) {  // not verified, verified
      const HttpResponse response = gateway.Ask(token);
      EXPECT_EQ(response.status, 451) << subject.index();
      EXPECT_EQ(response.body, "this client is banned\n");
    }
    EXPECT_EQ(gateway.running().connections(), 0U);
    EXPECT_EQ(gateway.gateway().registry().opened(), 0U) << "it was not even listed";
    EXPECT_TRUE(gateway.gateway().bans().Erase("b1"));
    gateway.Open(token).Echo("hello");
  }
}

TEST(PrincipalLimitTest, TheNewestIsRefused) {
  TokenGateway gateway([](GatewayOptions* options) { options->max_connections_per_principal = 2; });
  std::optional<Client> first = gateway.Open(gateway.TokenOf("alice"));
  Client second = gateway.Open(gateway.TokenOf("alice"));
  const HttpResponse response = gateway.Ask(gateway.TokenOf("alice"));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.at("retry-after"), "5");
  gateway.Open(gateway.TokenOf("bob")).Echo("another principal");
  first.reset();
  EXPECT_TRUE(WaitUntil([&] { return gateway.Ask(gateway.TokenOf("alice")).status == 101; }));
}

TEST(PrincipalLimitTest, TheOldestIsReplaced) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->max_connections_per_principal = 2;
    options->identity.per_principal = PerPrincipal::kCloseOldest;
  });
  Client first = gateway.Open(gateway.TokenOf("alice"));
  Client second = gateway.Open(gateway.TokenOf("alice"));
  second.Echo("two may be open");
  Client third = gateway.Open(gateway.TokenOf("alice"));
  const ServerFrame close = first.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "replaced");
  Client fourth = gateway.Open(gateway.TokenOf("alice"));
  EXPECT_EQ(second.ReadCloseAndAnswer().reason(), "replaced");
  third.Echo("stays");
  fourth.Echo("stays");
}

TEST(PrincipalLimitTest, AReplacedClientThatDoesNotAnswerCostsNoOtherItsPlace) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->max_connections_per_principal = 2;
    options->identity.per_principal = PerPrincipal::kCloseOldest;
  });
  Client silent = gateway.Open(gateway.TokenOf("alice"));
  Client second = gateway.Open(gateway.TokenOf("alice"));
  std::optional<Client> third = gateway.Open(gateway.TokenOf("alice"));
  const auto replaced = gateway.running().Find(silent);
  EXPECT_EQ(replaced->state(), ConnectionState::kClosing);
  third.reset();
  EXPECT_TRUE(WaitUntil([&] { return gateway.running().connections() == 2; }));
  Client fourth = gateway.Open(gateway.TokenOf("alice"));
  fourth.Echo("within the limit");
  EXPECT_EQ(replaced->state(), ConnectionState::kClosing) << "its grace has not ended";
  second.Echo("stays");
}

TEST(PrincipalLimitTest, AConnectionThatIsClosingKeepsItsGrace) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->max_connections_per_principal = 1;
    options->identity.per_principal = PerPrincipal::kCloseOldest;
  });
  Client first = gateway.Open(gateway.TokenOf("alice"));
  const auto closing = gateway.running().Find(first);
  CloseRequest request(CloseCause::kInterrupted);
  request.grace = seconds(60);
  ASSERT_TRUE(closing->Interrupt(request));
  gateway.Open(gateway.TokenOf("alice")).Echo("beyond the limit until the first has ended");
  EXPECT_EQ(closing->close_request()->grace, seconds(60));
}

TEST(RefusalByCloseTest, TheCloseIsHeldBackForATimeThatDoubles) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->identity.refuse_by_close = true;
    options->identity.refused_code = 4401;
  });
  Client witness = gateway.Open(gateway.TokenOf("alice"));
  for (const int delay : {1, 2, 4}) {
    Client client = gateway.running().Dial(TokenGateway::Bearer("x.y.z"));
    const HttpResponse response = client.Upgrade();
    EXPECT_EQ(response.status, 101);
    EXPECT_THAT(response.head, Not(HasSubstr("X-Connection-Id")));
    EXPECT_EQ(gateway.running().connections(), 1U) << "it is not listed";
    gateway.running().Pass(seconds(delay) - std::chrono::milliseconds(500));
    EXPECT_FALSE(client.HasInput()) << delay;
    gateway.running().Pass(std::chrono::milliseconds(500));
    const ServerFrame close = client.ReadCloseAndAnswer();
    EXPECT_EQ(close.code(), 4401);
    EXPECT_THAT(close.reason(), HasSubstr("invalid token: "));
    EXPECT_EQ(client.ReadEnd(), Client::Ending::kEndOfFile);
  }
  const auto totals = gateway.gateway().totals();
  EXPECT_EQ(totals.handshakes[static_cast<size_t>(HandshakeResult::kUnauthorized)], 3U);
}

TEST(RefusalByCloseTest, BeyondTheBoundTheAnswerIs401) {
  TokenGateway gateway([](GatewayOptions* options) { options->identity.refuse_by_close = true; });
  std::vector<Client> held;
  held.reserve(Gateway::kHeldRefusals);
  for (size_t i = 0; i < Gateway::kHeldRefusals; ++i) {
    held.push_back(gateway.running().Dial());
    EXPECT_EQ(held.back().Upgrade().status, 101);
  }
  EXPECT_EQ(gateway.Ask(Client::Options()).status, 401);
  held.pop_back();
  EXPECT_TRUE(WaitUntil([&] { return gateway.Ask(Client::Options()).status == 101; })) << "its place is free";
}

}  // namespace
}  // namespace drawbridge
