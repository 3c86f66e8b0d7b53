// Clients behind proxies, and clients that pretend to be behind a proxy.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/gateway/hostile/running_gateway.h"
#include "tests/gateway/listener/proxy_headers.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

constexpr char kV1[] = "PROXY TCP4 192.0.2.1 192.0.2.2 4711 8080\r\n";

class ProxiesTest : public ::testing::Test {
 protected:
  explicit ProxiesTest(size_t max_connections_per_address = 0, const std::string& trusted_header = "auto")
      : running_({.max_connections_per_address = max_connections_per_address,
                  .trusted_proxies = *TrustedProxies::Parse("127.0.0.0/8,10.0.0.0/8"),
                  .trusted_headers = *TrustedHeaders::Parse(trusted_header)}) {}

  // A client that sends `preface` first, and the additional headers in its request.
  Client OpenBehind(const std::string& preface, const std::vector<std::string>& headers = {}) {
    Client client = running_.Dial({.headers = headers});
    client.Send(preface);
    EXPECT_EQ(client.Upgrade().status, 101);
    client.Echo("hello");
    return client;
  }
  std::string RemoteAddress(const Client& client) {
    return std::string(running_.Find(client)->info().remote_address);
  }
  int StatusOf(const std::string& bytes) {
    Client client = running_.Dial();
    client.Send(bytes);
    return client.ReadResponse().status;
  }

  RunningGateway running_;
};

class HeadersBehindPrefacesTest : public ProxiesTest {
 protected:
  HeadersBehindPrefacesTest() : ProxiesTest(0, "proxy_protocol,x-forwarded-for") {}
};

class NoPrefaceTest : public ProxiesTest {
 protected:
  NoPrefaceTest() : ProxiesTest(1, "x-forwarded-for") {}
};

class CountedClientsTest : public ProxiesTest {
 protected:
  CountedClientsTest() : ProxiesTest(2) {}
};

TEST_F(ProxiesTest, ThePrefaceTellsTheAddress) {
  EXPECT_EQ(RemoteAddress(OpenBehind(kV1)), "192.0.2.1:4711");
  EXPECT_EQ(RemoteAddress(OpenBehind(ProxyV2{.body = Inet()}.Bytes())), "192.0.2.1:4711");
  EXPECT_EQ(RemoteAddress(OpenBehind(ProxyV2{.family = 0x21, .body = Inet6() + "tlv"}.Bytes())),
            "[2001:db8::1]:4711");
}

TEST_F(ProxiesTest, ThePrefaceMayComeByteByByte) {
  for (const std::string& preface : {std::string(kV1), ProxyV2{.body = Inet() + "tlv"}.Bytes()}) {
    Client client = running_.Dial();
    for (const char byte : preface + client.UpgradeRequest()) client.Send({&byte, 1});
    EXPECT_EQ(client.ReadResponse().status, 101);
    EXPECT_EQ(RemoteAddress(client), "192.0.2.1:4711");
  }
}

TEST_F(ProxiesTest, ThePrefaceMayComeInOnePieceWithEverythingElse) {
  Client client = running_.Dial();
  client.Send(kV1 + client.UpgradeRequest() + Encode({.payload = "early"}));
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadFrame().payload, "early");
  EXPECT_EQ(RemoteAddress(client), "192.0.2.1:4711");
}

TEST_F(ProxiesTest, HeadersTellTheAddress) {
  EXPECT_EQ(
      RemoteAddress(OpenBehind("", {"X-Forwarded-For: 6.6.6.6, 192.0.2.7", "X-Forwarded-For: 10.0.0.9"})),
      "192.0.2.7:0");
  EXPECT_EQ(RemoteAddress(OpenBehind("", {"Forwarded: for=6.6.6.6", "forwarded: for=\"[2001:db8::7]:99\""})),
            "[2001:db8::7]:99");
}

// Regression test: the X-Forwarded-For of a client inside the trusted networks was trusted.
TEST_F(ProxiesTest, BehindAPrefaceHeadersAreTheClients) {
  for (const char* header : {"X-Forwarded-For: 6.6.6.6", "Forwarded: for=6.6.6.6"}) {
    EXPECT_EQ(RemoteAddress(OpenBehind("PROXY TCP4 10.0.0.9 127.0.0.1 4711 8080\r\n", {header})),
              "10.0.0.9:4711");
  }
  const Client client =
      OpenBehind("PROXY UNKNOWN\r\n", {"X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https"});
  EXPECT_EQ(RemoteAddress(client), client.local_address());
  EXPECT_FALSE(running_.Find(client)->info().tls);
}

TEST_F(NoPrefaceTest, OneIsNoRequest) { EXPECT_EQ(StatusOf(kV1), 400); }

// Regression test: most proxies pass on the client's own Forwarded header, which let it evade the bound of
// its address.
TEST_F(NoPrefaceTest, AForwardedHeaderDoesNotEscapeTheBound) {
  const Client first = OpenBehind("", {"X-Forwarded-For: 192.0.2.7"});
  EXPECT_EQ(RemoteAddress(first), "192.0.2.7:0");
  for (const char* forwarded : {"Forwarded: for=6.6.6.6", "Forwarded: for=unknown", "Forwarded: \""}) {
    Client second = running_.Dial({.headers = {"X-Forwarded-For: 192.0.2.7", forwarded}});
    EXPECT_EQ(second.Upgrade().status, 429) << forwarded;
  }
}

TEST_F(ProxiesTest, TheProxyTellsWhetherTheClientCameByTls) {
  const auto tls = [this](const std::string& preface, const std::vector<std::string>& headers) {
    return running_.Find(OpenBehind(preface, headers))->info().tls;
  };
  EXPECT_FALSE(tls("", {"X-Forwarded-For: 192.0.2.7"}));
  EXPECT_TRUE(tls("", {"X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https"}));
  EXPECT_TRUE(tls("", {"X-Forwarded-Proto: wss"}));
  EXPECT_TRUE(tls("", {"Forwarded: for=192.0.2.7;proto=https"}));
  EXPECT_TRUE(tls(ProxyV2{.body = Inet() + SslTlv(1)}.Bytes(), {}));
  EXPECT_FALSE(tls(ProxyV2{.body = Inet() + SslTlv(0)}.Bytes(), {"X-Forwarded-Proto: https"}));
}

// HAProxy checks health by LOCAL connections, which it closes at once, or by an HTTP request.
TEST_F(ProxiesTest, AHealthCheckOfTheProxyIsNoHandshake) {
  const auto handshakes = [this] {
    uint64_t sum = 0;
    for (const uint64_t count : running_.gateway().totals().handshakes) sum += count;
    return sum;
  };
  const std::string local = ProxyV2{.command = 0x20, .family = 0}.Bytes();
  running_.Dial().Send(local);
  Client leaves = running_.Dial();
  leaves.Send(local + "GET /");
  leaves.Reset();
  for (const char* request : {"GET / HTTP/1.0\r\n\r\n", "OPTIONS / HTTP/1.0\r\n\r\n", "nonsense\r\n\r\n"}) {
    Client check = running_.Dial();
    check.Send(local + request);
    EXPECT_NE(check.ReadResponse().status, 0) << request;
  }
  EXPECT_EQ(handshakes(), 0u);
  const Client upgraded = OpenBehind(local);
  EXPECT_EQ(handshakes(), 1u) << "one that becomes a client is one";
}

TEST_F(HeadersBehindPrefacesTest, TellWhereTheyAreTrusted) {
  EXPECT_EQ(RemoteAddress(
                OpenBehind("PROXY TCP4 10.0.0.9 127.0.0.1 4711 8080\r\n", {"X-Forwarded-For: 192.0.2.7"})),
            "192.0.2.7:0");
  // The preface has the address of an untrusted client, so its headers are ignored.
  EXPECT_EQ(RemoteAddress(OpenBehind(kV1, {"X-Forwarded-For: 6.6.6.6"})), "192.0.2.1:4711");
}

TEST_F(ProxiesTest, AProxyMaySpeakForItself) {
  for (const std::string& preface :
       {std::string(), std::string("PROXY UNKNOWN\r\n"), ProxyV2{.command = 0x20, .family = 0}.Bytes()}) {
    const Client client = OpenBehind(preface);
    EXPECT_EQ(RemoteAddress(client), client.local_address());
  }
}

TEST_F(ProxiesTest, AMalformedPrefaceIsAnsweredWith400) {
  EXPECT_EQ(StatusOf("PROXY TCP4 here there 1 2\r\n"), 400);
  EXPECT_EQ(StatusOf("PROXY " + std::string(200, 'x')), 400);
  EXPECT_EQ(StatusOf(ProxyV2{.command = 0x31}.Bytes()), 400);
  EXPECT_EQ(StatusOf(ProxyV2{.announced = 20'000}.Bytes()), 400);
}

TEST_F(ProxiesTest, ARequestThatBeginsLikeAPrefaceIsARequest) {
  Client client = running_.Dial();
  Client witness = running_.Open({.headers = {"X-Forwarded-For: 192.0.2.9"}});
  for (const char byte : std::string("PUT / HTTP/1.1\r\nHost: a\r\n\r\n")) {
    client.Send({&byte, 1});
    witness.Echo("looked at");
  }
  EXPECT_EQ(client.ReadResponse().status, 405);
}

TEST_F(ProxiesTest, AnEndlessPrefaceTakesTooLong) {
  Client client = running_.Dial();
  client.Send("PROX");
  running_.Open({.headers = {"X-Forwarded-For: 192.0.2.9"}}).Echo("looked at");
  running_.Advance(std::chrono::seconds(11));
  EXPECT_EQ(client.ReadResponse().status, 408);
}

TEST_F(CountedClientsTest, NotTheirProxy) {
  std::vector<Client> clients;
  for (int i = 1; i <= 5; ++i) {
    const std::string header = "X-Forwarded-For: 192.0.2." + std::to_string(i);
    clients.push_back(OpenBehind("", {header}));
    clients.push_back(OpenBehind("", {header}));
    Client third = running_.Dial({.headers = {header}});
    EXPECT_EQ(third.Upgrade().status, 429);
  }
  // The addresses of one IPv6 network count as one client.
  clients.push_back(OpenBehind("", {"X-Forwarded-For: 2001:db8::1"}));
  clients.push_back(OpenBehind("", {"X-Forwarded-For: 2001:db8::2"}));
  Client third = running_.Dial({.headers = {"X-Forwarded-For: 2001:db8::3"}});
  EXPECT_EQ(third.Upgrade().status, 429);
}

TEST_F(CountedClientsTest, ThoseOfAPrefaceAreRefusedBeforeTheyAsk) {
  const Client first = OpenBehind(kV1);
  const Client second = OpenBehind(kV1);
  EXPECT_EQ(StatusOf(kV1), 429);
}

TEST(UntrustedProxiesTest, NobodyElseIsBelieved) {
  RunningGateway running;
  Client client = running.Open({.headers = {"X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1"}});
  EXPECT_EQ(running.Find(client)->info().remote_address, client.local_address());
  for (const std::string& preface : {std::string(kV1), ProxyV2{.body = Inet()}.Bytes()}) {
    Client liar = running.Dial();
    liar.Send(preface + liar.UpgradeRequest());
    EXPECT_EQ(liar.ReadResponse().status, 400);
  }
}

}  // namespace
}  // namespace drawbridge
