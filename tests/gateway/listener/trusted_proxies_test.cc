#include "gateway/listener/trusted_proxies.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

class TrustedProxiesTest : public ::testing::Test {
 protected:
  ForwardedClient Client(const ForwardingHeaders& headers, std::string_view peer = "10.0.0.1:1000") const {
    return proxies_.Resolve(SocketAddress::Parse(peer).value(), headers,
                            TrustedHeaders().HeaderOf(headers, false).value());
  }
  std::string Resolve(const ForwardingHeaders& headers, std::string_view peer = "10.0.0.1:1000") const {
    return Client(headers, peer).address.ToString();
  }
  std::string ByXForwardedFor(const std::string& value) const {
    return Resolve({.forwarded = "", .x_forwarded_for = value});
  }
  std::string ByForwarded(const std::string& value) const { return Resolve({.forwarded = value}); }

  const TrustedProxies proxies_ = TrustedProxies::Parse("10.0.0.0/8, 2001:db8:1::/48").value();
};

constexpr char kPeer[] = "10.0.0.1:1000";

TEST_F(TrustedProxiesTest, WithoutAHeaderThePeerStands) { EXPECT_EQ(Resolve({}), kPeer); }

TEST_F(TrustedProxiesTest, NobodyElseIsBelieved) {
  EXPECT_EQ(Resolve({"for=192.0.2.1", "192.0.2.1"}, "198.51.100.1:7"), "198.51.100.1:7");
  const ForwardedClient client = TrustedProxies().Resolve(
      *SocketAddress::Parse(kPeer), {"for=192.0.2.1;proto=https"}, TrustedHeaders::Kind::kForwarded);
  EXPECT_EQ(client.address.ToString(), kPeer);
  EXPECT_FALSE(client.tls.has_value());
}

TEST_F(TrustedProxiesTest, TheRightmostUntrustedHopStands) {
  EXPECT_EQ(ByXForwardedFor("192.0.2.1"), "192.0.2.1:0");
  EXPECT_EQ(ByXForwardedFor("6.6.6.6, 192.0.2.1"), "192.0.2.1:0");
  EXPECT_EQ(ByXForwardedFor("6.6.6.6, 192.0.2.1, 10.9.9.9,10.8.8.8"), "192.0.2.1:0");
  EXPECT_EQ(ByXForwardedFor("2001:db8:2::1, 2001:db8:1::1"), "[2001:db8:2::1]:0");
  EXPECT_EQ(ByForwarded("for=6.6.6.6, for=192.0.2.1;proto=https, for=10.9.9.9"), "192.0.2.1:0");
}

TEST_F(TrustedProxiesTest, WhereAllAreTrustedTheFirstStands) {
  EXPECT_EQ(ByXForwardedFor("10.7.7.7, 10.9.9.9"), "10.7.7.7:0");
}

TEST_F(TrustedProxiesTest, KnowsEveryWayToWriteANode) {
  EXPECT_EQ(ByXForwardedFor("192.0.2.1:4711"), "192.0.2.1:4711");
  EXPECT_EQ(ByXForwardedFor("[2001:db8::1]:4711"), "[2001:db8::1]:4711");
  EXPECT_EQ(ByXForwardedFor("[2001:db8::1]"), "[2001:db8::1]:0");
  EXPECT_EQ(ByForwarded("for=192.0.2.1"), "192.0.2.1:0");
  EXPECT_EQ(ByForwarded("For=\"192.0.2.1:4711\""), "192.0.2.1:4711");
  EXPECT_EQ(ByForwarded("proto=http;by=10.0.0.1; FOR=\"[2001:db8::1]:4711\" ;host=a"), "[2001:db8::1]:4711");
}

TEST_F(TrustedProxiesTest, AHiddenOrBrokenHopEndsWhatIsKnown) {
  for (const std::string node :
       {"unknown", "_hidden", "192.0.2", "192.0.2.1:x", "[2001:db8::1", "\"", "a b"}) {
    EXPECT_EQ(ByXForwardedFor("192.0.2.1, " + node), kPeer) << node;
    EXPECT_EQ(ByForwarded("for=192.0.2.1, for=" + node), kPeer) << node;
    EXPECT_EQ(ByForwarded("for=192.0.2.1, for=" + node + ", for=10.9.9.9"), "10.9.9.9:0") << node;
  }
  EXPECT_EQ(ByForwarded("for=192.0.2.1, proto=https"), kPeer);
}

TEST_F(TrustedProxiesTest, AQuoteLeftOpenByTheClientHidesNothingBehindIt) {
  EXPECT_EQ(ByForwarded("for=\"6.6.6.6, for=192.0.2.1"), "192.0.2.1:0");
  EXPECT_EQ(ByForwarded("for=\"6.6.6.6, for=\"[2001:db8::1]\""), "[2001:db8::1]:0");
  EXPECT_EQ(ByForwarded("for=192.0.2.1;by=\"a,b;for=6.6.6.6\""), "192.0.2.1:0");
}

TEST_F(TrustedProxiesTest, EmptyElementsAreSkipped) {
  EXPECT_EQ(ByXForwardedFor(" , 192.0.2.1, ,"), "192.0.2.1:0");
  EXPECT_EQ(ByXForwardedFor(",,,"), kPeer);
}

// Eight of fifteen tested proxies set X-Forwarded-For and pass on the client's own Forwarded header. A client
// could hide its address by that header.
TEST_F(TrustedProxiesTest, AForwardedHeaderOfTheClientHidesNothing) {
  EXPECT_EQ(Resolve({"for=6.6.6.6", "192.0.2.1"}), "192.0.2.1:0");
  EXPECT_EQ(Resolve({"for=unknown", "192.0.2.1"}), "192.0.2.1:0");
  EXPECT_EQ(Resolve({"for=\"192.0.2.1:4711\"", "192.0.2.1"}), "192.0.2.1:0");
}

TEST_F(TrustedProxiesTest, TheProxyTellsWhetherItsClientCameByTls) {
  const auto by_proto = [this](const std::string& proto, const std::string& addresses = "192.0.2.1") {
    return Client({.x_forwarded_for = addresses, .x_forwarded_proto = proto}).tls;
  };
  for (const char* proto : {"https", "wss", "HTTPS", " https ", "https,"})
    EXPECT_EQ(by_proto(proto), true) << proto;
  for (const char* proto : {"http", "ws"}) EXPECT_EQ(by_proto(proto), false) << proto;
  for (const char* proto : {"", "ftp", "on", ",", "\"https\""})
    EXPECT_EQ(by_proto(proto), std::nullopt) << proto;
  EXPECT_EQ(by_proto("https", ""), true) << "without an address";
  // With two proxies, either each adds its value, or the outer one sets a single value.
  EXPECT_EQ(by_proto("https, http", "192.0.2.1, 10.9.9.9"), true);
  EXPECT_EQ(by_proto("https", "192.0.2.1, 10.9.9.9"), true);
  EXPECT_EQ(by_proto("https, http", "192.0.2.1"), false) << "the first one is the client's word";

  const auto by_forwarded = [this](const std::string& value) { return Client({.forwarded = value}).tls; };
  EXPECT_EQ(by_forwarded("for=192.0.2.1;proto=https"), true);
  EXPECT_EQ(by_forwarded("Proto=\"WSS\"; for=192.0.2.1"), true);
  EXPECT_EQ(by_forwarded("for=192.0.2.1;proto=http"), false);
  EXPECT_EQ(by_forwarded("for=192.0.2.1"), std::nullopt);
  EXPECT_EQ(by_forwarded("for=_hidden;proto=https"), true);
  EXPECT_EQ(by_forwarded("for=6.6.6.6;proto=https, for=192.0.2.1;proto=http"), false);
  EXPECT_EQ(by_forwarded("for=192.0.2.1;proto=https, for=10.9.9.9;proto=http"), true);
}

TEST_F(TrustedProxiesTest, NobodyElseIsBelievedAboutTls) {
  EXPECT_EQ(Client({.x_forwarded_for = "192.0.2.1", .x_forwarded_proto = "https"}, "198.51.100.1:7").tls,
            std::nullopt);
}

TEST(TrustedProxiesListTest, RefusesWhatIsNoList) {
  EXPECT_TRUE(TrustedProxies::Parse("").has_value());
  EXPECT_TRUE(TrustedProxies::Parse(" 10.0.0.0/8 ,\t::1 ").has_value());
  for (const std::string list : {",", "10.0.0.0/8,", "10.0.0.1/8", "proxy.example", "10.0.0.0/8 ::1"}) {
    EXPECT_FALSE(TrustedProxies::Parse(list).has_value()) << list;
  }
}

}  // namespace
}  // namespace drawbridge
