#include "gateway/listener/trusted_proxies.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

class TrustedProxiesTest : public ::testing::Test {
 protected:
  std::string Resolve(const ForwardingHeaders& headers, std::string_view peer = "10.0.0.1:1000") const {
    return proxies_.Resolve(SocketAddress::Parse(peer).value(), headers).ToString();
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
  EXPECT_EQ(TrustedProxies().Resolve(*SocketAddress::Parse(kPeer), {"for=192.0.2.1", ""}).ToString(), kPeer);
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

TEST_F(TrustedProxiesTest, HeadersThatDisagreeAreNotBelieved) {
  // The proxy wrote one of them and passed the other as the client sent it.
  EXPECT_EQ(Resolve({"for=6.6.6.6", "192.0.2.1"}), kPeer);
  EXPECT_EQ(Resolve({"for=\"192.0.2.1:4711\"", "192.0.2.1"}), "192.0.2.1:4711");
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
