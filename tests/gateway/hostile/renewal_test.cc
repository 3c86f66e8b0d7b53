// Renewals over real sockets: what each request gets, and what it leaves on the connections.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/bans.h"
#include "gateway/connections/thread_counters.h"
#include "gateway/listener/handshake.h"
#include "tests/gateway/listener/token_gateway.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

struct Request {
  std::string method = "POST";
  std::string target{kRenewalPath};
  std::vector<std::string> headers;  // each a line without its end
  std::string body;                  // Content-Length is added unless it is empty
};

std::string Text(const Request& request) {
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: gateway.example\r\n", request.method, request.target);
  for (const std::string& header : request.headers) text.append(header).append("\r\n");
  if (!request.body.empty()) text.append(fmt::format("Content-Length: {}\r\n", request.body.size()));
  return text.append("\r\n").append(request.body);
}

HttpResponse Send(TokenGateway& gateway, const Request& request, const Client::Options& options = {}) {
  Client client = gateway.running().Dial(options);
  client.Send(Text(request));
  return client.ReadResponse(request.method != "HEAD");
}

std::string Bearer(const std::string& token) { return "Authorization: Bearer " + token; }
constexpr char kJson[] = "Content-Type: application/json";

HttpResponse Renew(TokenGateway& gateway, const std::string& token) {
  return Send(gateway, {.headers = {Bearer(token)}});
}

std::string TokenFor(const TokenGateway& gateway, const std::string& principal, seconds lifetime,
                     const std::string& more = "") {
  return gateway.Token(TokenGateway::Payload(principal, lifetime, more));
}

uint64_t Renewals(TokenGateway& gateway, RenewalResult result) {
  return gateway.gateway().totals().renewals[static_cast<size_t>(result)];
}

Ban BanOf(BanSubject subject) {
  Ban ban;
  ban.ban_id = "b1";
  ban.subject = std::move(subject);
  ban.create_time = ManualClock().Wall();
  ban.expire_time = ban.create_time + std::chrono::hours(1);
  return ban;
}

TEST(RenewalTest, AConnectionOutlivesItsFirstTokenAndEndsWithTheLast) {
  TokenGateway gateway([](GatewayOptions* options) { options->session.ping_interval = seconds(0); });
  Client client = gateway.Open(TokenFor(gateway, "alice", seconds(60)));
  client.Echo("hello");
  const auto connection = gateway.running().Find(client);
  const HttpResponse response = Renew(gateway, TokenFor(gateway, "alice", seconds(120)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-type"), "application/json");
  EXPECT_EQ(response.headers.at("cache-control"), "no-store");
  EXPECT_EQ(response.body, fmt::format(R"({{"renewed":1,"expireTime":"2023-11-14T22:15:20Z",)"
                                       R"("connections":[{{"connectionId":"{}",)"
                                       R"("expireTime":"2023-11-14T22:15:20Z"}}]}})"
                                       "\n",
                                       client.id()));
  EXPECT_EQ(connection->attributes()->revision, 2U);
  EXPECT_EQ(Renew(gateway, TokenFor(gateway, "alice", seconds(180))).status, 200);
  EXPECT_EQ(connection->attributes()->revision, 3U);
  EXPECT_EQ(Renewals(gateway, RenewalResult::kRenewed), 2U);
  gateway.running().Pass(seconds(150));
  client.Echo("two tokens later");
  gateway.running().Pass(seconds(30));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 1008);
  EXPECT_EQ(close.reason(), "expired");
}

TEST(RenewalTest, OnlyTheConnectionsOfThePrincipalAreRenewed) {
  TokenGateway gateway;
  Client alice = gateway.Open(TokenFor(gateway, "alice", seconds(60)));
  Client bob = gateway.Open(TokenFor(gateway, "bob", seconds(60)));
  EXPECT_THAT(Renew(gateway, TokenFor(gateway, "alice", seconds(120))).body, HasSubstr(R"("renewed":1)"));
  EXPECT_EQ(gateway.running().Find(bob)->attributes()->revision, 1U);
  const auto ids = [](const std::string& id) { return R"({"connectionIds":[")" + id + R"("]})"; };
  const std::string line = Bearer(TokenFor(gateway, "alice", seconds(180)));
  const HttpResponse foreign = Send(gateway, {.headers = {line, kJson}, .body = ids(bob.id())});
  const HttpResponse unknown = Send(gateway, {.headers = {line, kJson}, .body = ids("no-such-id")});
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(foreign.head + foreign.body, unknown.head + unknown.body);
  EXPECT_EQ(Renewals(gateway, RenewalResult::kForbidden), 2U);
  const std::string json = "Content-Type: Application/JSON; charset=utf-8";
  EXPECT_EQ(Send(gateway, {.headers = {line, json}, .body = ids(alice.id())}).status, 200);
  EXPECT_EQ(gateway.running().Find(alice)->attributes()->revision, 3U);
}

TEST(RenewalTest, TheTokenMayBeInACookieAndNeverInTheQuery) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->identity.sources = *TokenSources::Parse("query:token,cookie:session");
  });
  const std::string token = gateway.TokenOf("alice");
  Client client = gateway.running().Open({.target = "/?token=" + token});
  EXPECT_EQ(Send(gateway, {.target = std::string(kRenewalPath) + "?token=" + token}).status, 401);
  EXPECT_THAT(Send(gateway, {.headers = {"Cookie: session=" + token}}).body, HasSubstr(R"("renewed":1)"));
  EXPECT_EQ(Renew(gateway, token).status, 401) << "the header is no source here";
}

TEST(RenewalTest, WhereClientsConnectByAnotherSourceTheHeaderRenews) {
  TokenGateway gateway(
      [](GatewayOptions* options) { options->identity.sources = *TokenSources::Parse("query:token"); });
  Client client = gateway.running().Open({.target = "/?token=" + gateway.TokenOf("alice")});
  EXPECT_THAT(Renew(gateway, gateway.TokenOf("alice")).body, HasSubstr(R"("renewed":1)"));
}

TEST(RenewalTest, RefusalsSayWhatIsWrong) {
  TokenGateway gateway;
  const HttpResponse missing = Send(gateway, {});
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.headers.at("www-authenticate"), "Bearer realm=\"drawbridge\"");
  const HttpResponse invalid = Renew(gateway, "x.y.z");
  EXPECT_EQ(invalid.status, 401);
  EXPECT_THAT(invalid.headers.at("www-authenticate"), HasSubstr("error=\"invalid_token\""));
  EXPECT_EQ(Send(gateway, {.headers = {Bearer("a"), Bearer("b")}}).status, 400);
  EXPECT_EQ(Renew(gateway, TokenFor(gateway, "alice", seconds(-60))).status, 401) << "expired";
  EXPECT_EQ(Renewals(gateway, RenewalResult::kUnauthorized), 3U);
  EXPECT_EQ(Renewals(gateway, RenewalResult::kBadRequest), 1U);
  EXPECT_EQ(gateway.gateway().totals().handshakes[static_cast<size_t>(HandshakeResult::kUnauthorized)], 0U);
}

TEST(RenewalTest, ARefusalIsNeverAnUpgrade) {
  TokenGateway gateway([](GatewayOptions* options) { options->identity.refuse_by_close = true; });
  EXPECT_EQ(Renew(gateway, "x.y.z").status, 401);
}

TEST(RenewalTest, OnlyPostIsAllowed) {
  TokenGateway gateway;
  for (const std::string method : {"GET", "HEAD", "PUT", "DELETE"}) {
    const HttpResponse response = Send(gateway, {.method = method});
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.headers.at("allow"), "POST, OPTIONS");
  }
  Client client = gateway.running().Dial({.target = std::string(kRenewalPath)});
  EXPECT_EQ(client.Upgrade().status, 405) << "it is no path of an application";
}

TEST(RenewalTest, ABodyIsBoundedAndJson) {
  TokenGateway gateway;
  const std::string line = Bearer(gateway.TokenOf("alice"));
  EXPECT_EQ(Send(gateway, {.headers = {line, "Content-Length: 16385", kJson}}).status, 413);
  EXPECT_EQ(Send(gateway, {.headers = {line, "Content-Length: 99999999999", kJson}}).status, 413);
  EXPECT_EQ(Send(gateway, {.headers = {line}, .body = "{}"}).status, 415);
  EXPECT_EQ(Send(gateway, {.headers = {line, "Content-Type: text/plain"}, .body = "{}"}).status, 415);
  EXPECT_EQ(Send(gateway, {.headers = {line, kJson, "Transfer-Encoding: chunked"}}).status, 411);
  const HttpResponse malformed = Send(gateway, {.headers = {line, kJson}, .body = "{\"connectionIds\":"});
  EXPECT_EQ(malformed.status, 400);
  EXPECT_THAT(malformed.body, HasSubstr("the body is not valid JSON"));
  const std::string padded = "{}" + std::string(kMaxRenewalBytes - 2, ' ');
  EXPECT_EQ(Send(gateway, {.headers = {line, kJson}, .body = padded}).status, 200);
  EXPECT_EQ(Send(gateway, {.headers = {line, "Content-Length: 0"}}).status, 200);
}

TEST(RenewalTest, ABodyMayComeByteByByte) {
  TokenGateway gateway;
  Client open = gateway.Open(gateway.TokenOf("alice"));
  Client witness = gateway.Open(gateway.TokenOf("bob"));
  Client client = gateway.running().Dial();
  const std::string text = Text({.headers = {Bearer(gateway.TokenOf("alice")), kJson},
                                 .body = R"({"connectionIds":[")" + open.id() + R"("]})"});
  for (const char byte : text) {
    client.Send({&byte, 1});
    RunningGateway::LetItLook(witness);
  }
  EXPECT_THAT(client.ReadResponse().body, HasSubstr(R"("renewed":1)"));
}

TEST(RenewalTest, AClientThatWaitsFor100GetsIt) {
  TokenGateway gateway;
  Client client = gateway.running().Dial();
  client.Send(Text(
      {.headers = {Bearer(gateway.TokenOf("alice")), kJson, "Expect: 100-continue", "Content-Length: 2"}}));
  EXPECT_EQ(client.ReadResponse().status, 100);
  client.Send("{}");
  EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST(RenewalTest, ABodyThatDoesNotComeIsWaitedForAsLongAsAHandshake) {
  TokenGateway gateway([](GatewayOptions* options) { options->handshake_timeout = seconds(10); });
  Client client = gateway.running().Dial();
  client.Send(Text({.headers = {Bearer(gateway.TokenOf("alice")), kJson, "Content-Length: 100"}}) + "{");
  Client witness = gateway.Open(gateway.TokenOf("bob"));
  RunningGateway::LetItLook(witness);
  gateway.running().Pass(seconds(10));
  EXPECT_EQ(client.ReadResponse().status, 408);
  EXPECT_EQ(Renewals(gateway, RenewalResult::kTimeout), 1U);
  Client leaves = gateway.running().Dial();
  leaves.Send(Text({.headers = {Bearer(gateway.TokenOf("alice")), kJson, "Content-Length: 100"}}));
  leaves.Close();
  EXPECT_TRUE(WaitUntil([&] { return Renewals(gateway, RenewalResult::kDisconnected) == 1; }));
}

TEST(RenewalTest, PagesOfAllowedOriginsMayRenew) {
  TokenGateway gateway([](GatewayOptions* options) {
    options->allowed_origins = *OriginPolicy::Parse("https://app.example.com");
  });
  const std::string origin = "Origin: https://app.example.com";
  const HttpResponse preflight =
      Send(gateway, {.method = "OPTIONS",
                     .headers = {origin, "Access-Control-Request-Method: POST",
                                 "Access-Control-Request-Headers: authorization,content-type"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "https://app.example.com");
  EXPECT_EQ(preflight.headers.at("access-control-allow-credentials"), "true");
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "POST");
  EXPECT_EQ(preflight.headers.at("access-control-allow-headers"), "Authorization, Content-Type");
  EXPECT_EQ(preflight.headers.at("access-control-max-age"), "600");
  EXPECT_EQ(preflight.headers.at("vary"), "Origin");
  EXPECT_FALSE(preflight.headers.contains("content-length"));

  for (const HttpResponse& response :
       {Send(gateway, {.headers = {origin, Bearer(gateway.TokenOf("alice"))}}),
        Send(gateway, {.headers = {origin}}), Send(gateway, {.method = "PUT", .headers = {origin}})}) {
    EXPECT_EQ(response.headers.at("access-control-allow-origin"), "https://app.example.com")
        << response.status << ": a page reads refusals too";
  }
  for (const std::string method : {"OPTIONS", "POST"}) {
    const HttpResponse foreign = Send(
        gateway,
        {.method = method, .headers = {"Origin: https://evil.example", Bearer(gateway.TokenOf("alice"))}});
    EXPECT_EQ(foreign.status, 403);
    EXPECT_FALSE(foreign.headers.contains("access-control-allow-origin"));
  }
  EXPECT_EQ(Send(gateway, {.headers = {origin, origin}}).status, 400);
}

TEST(RenewalTest, WithoutTokensThereIsNoSuchPath) {
  RunningGateway running;
  Client client = running.Dial();
  client.Send(Text({}));
  EXPECT_EQ(client.ReadResponse().status, 404);
}

TEST(RenewalTest, WithoutKeysTheAnswerIs503) {
  TokenGateway gateway({}, /*has_keys=*/false);
  const HttpResponse response = Renew(gateway, gateway.TokenOf("alice"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.at("retry-after"), "5");
  EXPECT_EQ(Renewals(gateway, RenewalResult::kUnverified), 1U);
}

TEST(RenewalTest, AnotherHostIsNotServed) {
  TokenGateway gateway(
      [](GatewayOptions* options) { options->allowed_hosts = *HostPolicy::Parse("other.example"); });
  EXPECT_EQ(Renew(gateway, gateway.TokenOf("alice")).status, 421);
}

TEST(RenewalTest, AFullGatewayStillRenews) {
  TokenGateway gateway([](GatewayOptions* options) { options->max_connections = 1; });
  Client client = gateway.Open(gateway.TokenOf("alice"));
  client.Echo("hello");
  EXPECT_EQ(gateway.Ask(gateway.TokenOf("alice")).status, 503);
  EXPECT_THAT(Renew(gateway, gateway.TokenOf("alice")).body, HasSubstr(R"("renewed":1)"));
}

TEST(RenewalTest, ARenewalCountsForItsAddress) {
  TokenGateway gateway([](GatewayOptions* options) { options->max_connections_per_address = 2; });
  Client first = gateway.Open(gateway.TokenOf("alice"));
  EXPECT_EQ(Renew(gateway, gateway.TokenOf("alice")).status, 200);
  ASSERT_TRUE(WaitUntil([&] { return gateway.Ask(Client::Options()).status == 401; }))
      << "the place is free again";
  Client second = gateway.Open(gateway.TokenOf("alice"));
  const HttpResponse refused = Renew(gateway, gateway.TokenOf("alice"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "5");
  EXPECT_EQ(Renewals(gateway, RenewalResult::kTooMany), 1U);
}

TEST(RenewalTest, ABannedTokenPrincipalOrAddressDoesNotRenew) {
  for (const BanSubject& subject :
       {BanSubject(BannedPrincipal{.name = "alice"}), BanSubject(BannedToken{.id = "t2"}),
        BanSubject(*IpNetwork::Parse("127.0.0.0/8"))}) {
    TokenGateway gateway;
    Client client = gateway.Open(gateway.TokenOf("alice"));
    client.Echo("hello");
    ASSERT_TRUE(gateway.gateway().bans().Insert(BanOf(subject)));
    EXPECT_EQ(Renew(gateway, TokenFor(gateway, "alice", seconds(7200), R"(,"jti":"t2")")).status, 403);
    EXPECT_EQ(gateway.running().Find(client)->attributes()->revision, 1U);
  }
}

TEST(RenewalTest, TheKeyOfANewTokenIsFetched) {
  TokenGateway gateway({}, /*has_keys=*/false);
  FakeFetches fetches(&gateway.source());
  Client client = gateway.running().Dial();
  client.Send(Text({.headers = {Bearer(gateway.TokenOf("alice"))}}));
  ASSERT_TRUE(WaitUntil([&] { return gateway.gateway().tokens()->waiting() == 1; }));
  Client leaves = gateway.running().Dial();
  leaves.Send(Text({.headers = {Bearer(gateway.TokenOf("bob"))}}));
  ASSERT_TRUE(WaitUntil([&] { return gateway.gateway().tokens()->waiting() == 2; }));
  leaves.Close();
  fetches.Give(KeySource::Answer{gateway.KeySet(), seconds(3600)});
  EXPECT_THAT(client.ReadResponse().body, HasSubstr(R"("renewed":0)"));
}

TEST(RenewalTest, ManyConnectionsAreRenewedByOneRequest) {
  constexpr int kConnections = 300;  // more than a step
  TokenGateway gateway;
  const std::string token = gateway.TokenOf("alice");
  std::vector<Client> clients;
  clients.reserve(kConnections);
  for (int i = 0; i < kConnections; ++i) clients.push_back(gateway.Open(token));
  const HttpResponse response = Renew(gateway, TokenFor(gateway, "alice", seconds(7200)));
  EXPECT_THAT(response.body, HasSubstr(fmt::format(R"("renewed":{})", kConnections)));
  for (Client& client : clients) EXPECT_EQ(gateway.running().Find(client)->attributes()->revision, 2U);
}

}  // namespace
}  // namespace drawbridge
