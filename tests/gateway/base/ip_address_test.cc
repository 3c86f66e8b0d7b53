#include "gateway/base/ip_address.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

IpAddress Ip(std::string_view text) { return IpAddress::Parse(text).value(); }

bool IsIn(std::string_view address, std::string_view network) {
  return IpNetwork::Parse(network).value().Contains(Ip(address));
}

TEST(IpAddressTest, ReadsWhatItWrites) {
  for (const std::string text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1"}) {
    EXPECT_EQ(Ip(text).ToString(), text);
  }
}

TEST(IpAddressTest, AMappedAddressIsTheOneOfIpv4) {
  EXPECT_EQ(Ip("::ffff:192.0.2.1"), Ip("192.0.2.1"));
  EXPECT_TRUE(Ip("::ffff:192.0.2.1").is_v4());
  EXPECT_FALSE(Ip("::192.0.2.1").is_v4());
}

TEST(IpAddressTest, RefusesWhatIsNoAddress) {
  using std::string_view_literals::operator""sv;
  for (const auto text : {""sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.1.1.1"sv, "[::1]"sv, "::1%lo"sv,
                          "1.2.3.4:80"sv, " 1.2.3.4"sv, "example.com"sv, "1.2.3.4\0"sv, "12345::"sv}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpNetworkTest, ContainsWhatSharesItsPrefix) {
  EXPECT_TRUE(IsIn("10.255.0.1", "10.0.0.0/8"));
  EXPECT_FALSE(IsIn("11.0.0.1", "10.0.0.0/8"));
  EXPECT_TRUE(IsIn("192.0.2.127", "192.0.2.0/25"));
  EXPECT_FALSE(IsIn("192.0.2.128", "192.0.2.0/25"));
  EXPECT_TRUE(IsIn("2001:db8:ffff::1", "2001:db8::/32"));
  EXPECT_FALSE(IsIn("2001:db9::1", "2001:db8::/32"));
  EXPECT_TRUE(IsIn("192.0.2.1", "::ffff:192.0.2.0/120"));
}

TEST(IpNetworkTest, AnAddressIsANetworkOfItself) {
  EXPECT_TRUE(IsIn("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(IsIn("192.0.2.2", "192.0.2.1"));
  EXPECT_TRUE(IsIn("::1", "::1"));
  EXPECT_FALSE(IsIn("::2", "::1"));
}

TEST(IpNetworkTest, TheTwoFamiliesDoNotMix) {
  EXPECT_TRUE(IsIn("192.0.2.1", "0.0.0.0/0"));
  EXPECT_FALSE(IsIn("2001:db8::1", "0.0.0.0/0"));
  EXPECT_TRUE(IsIn("2001:db8::1", "::/0"));
  EXPECT_FALSE(IsIn("192.0.2.1", "::/0"));
}

TEST(IpNetworkTest, ReadsWhatItWrites) {
  for (const std::string text : {"0.0.0.0/0", "192.0.2.0/25", "192.0.2.1", "::/0", "2001:db8::/32", "::1"}) {
    EXPECT_EQ(IpNetwork::Parse(text).value().ToString(), text);
  }
  EXPECT_EQ(IpNetwork::Parse("192.0.2.1/32").value().ToString(), "192.0.2.1");
  EXPECT_EQ(IpNetwork::Parse("::ffff:192.0.2.0/120").value().ToString(), "192.0.2.0/24");
}

TEST(IpNetworkTest, TheNetworkOfAnAddressHasNoBitAfterThePrefix) {
  EXPECT_EQ(IpNetwork::Of(Ip("192.0.2.77"), IpNetwork::kV4Prefix + 24), IpNetwork::Parse("192.0.2.0/24"));
  EXPECT_EQ(IpNetwork::Of(Ip("2001:db8:0:1:2::3"), 64), IpNetwork::Parse("2001:db8:0:1::/64"));
  EXPECT_EQ(IpNetwork::Of(Ip("::1"), 128), IpNetwork::Parse("::1"));
  EXPECT_NE(IpNetwork::Parse("::/0"), IpNetwork::Parse("0.0.0.0/0"));
}

TEST(IpNetworkTest, RefusesWhatIsNoNetwork) {
  for (const std::string text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/+8",
        "10.0.0.0/ 8", "10.0.0.1/8", "2001:db8::1/32", "host/8", "10.0.0.0/999999999999"}) {
    EXPECT_FALSE(IpNetwork::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace drawbridge
