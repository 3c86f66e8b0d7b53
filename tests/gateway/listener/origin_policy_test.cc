#include "gateway/listener/origin_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

bool Allows(std::string_view list, std::string_view origin, std::string_view host = "gateway.example") {
  return OriginPolicy::Parse(list).value().Allows(origin, host);
}

TEST(OriginPolicyTest, ByDefaultOnlyPagesOfTheSameHost) {
  const OriginPolicy policy;
  EXPECT_TRUE(policy.Allows("https://gateway.example", "gateway.example"));
  EXPECT_TRUE(policy.Allows("https://gateway.example:8443", "gateway.example:8080"));
  EXPECT_TRUE(policy.Allows("http://Gateway.Example", "GATEWAY.example"));
  EXPECT_TRUE(policy.Allows("http://127.0.0.1:39000", "127.0.0.1:8080"));
  EXPECT_TRUE(policy.Allows("http://[::1]:39000", "[::1]:8080"));
  EXPECT_FALSE(policy.Allows("http://[::2]", "[::1]"));
  EXPECT_FALSE(policy.Allows("https://evil.example", "gateway.example"));
  EXPECT_FALSE(policy.Allows("https://gateway.example.evil.example", "gateway.example"));
  EXPECT_FALSE(policy.Allows("https://sub.gateway.example", "gateway.example"));
  EXPECT_FALSE(policy.Allows("null", "gateway.example"));
  EXPECT_FALSE(policy.Allows("null", "null"));
}

TEST(OriginPolicyTest, WhoSendsNoOriginIsNoPage) {
  EXPECT_TRUE(OriginPolicy().Allows("", "gateway.example"));
  EXPECT_TRUE(Allows("https://app.example.com", ""));
}

TEST(OriginPolicyTest, AListReplacesTheDefaultUnlessItNamesIt) {
  EXPECT_FALSE(Allows("https://app.example.com", "https://gateway.example"));
  EXPECT_TRUE(Allows("same_host, https://app.example.com", "https://gateway.example"));
  EXPECT_TRUE(Allows("same_host, https://app.example.com", "https://app.example.com"));
}

TEST(OriginPolicyTest, AnEntryIsSchemeHostAndPort) {
  EXPECT_TRUE(Allows("https://app.example.com", "https://app.example.com"));
  EXPECT_TRUE(Allows("https://app.example.com", "https://APP.example.com:443"));
  EXPECT_TRUE(Allows("HTTPS://App.Example.com:443", "https://app.example.com"));
  EXPECT_TRUE(Allows("http://localhost:3000", "http://localhost:3000"));
  EXPECT_FALSE(Allows("https://app.example.com", "http://app.example.com"));
  EXPECT_FALSE(Allows("https://app.example.com", "https://app.example.com:8443"));
  EXPECT_FALSE(Allows("http://localhost:3000", "http://localhost"));
  EXPECT_FALSE(Allows("https://app.example.com", "https://app.example.com.evil.example"));
  EXPECT_TRUE(Allows("chrome-extension://abcdef", "chrome-extension://abcdef"));
}

TEST(OriginPolicyTest, AStarStandsForSubdomains) {
  EXPECT_TRUE(Allows("https://*.example.com", "https://a.example.com"));
  EXPECT_TRUE(Allows("https://*.example.com", "https://b.a.example.com"));
  EXPECT_FALSE(Allows("https://*.example.com", "https://example.com"));
  EXPECT_FALSE(Allows("https://*.example.com", "https://.example.com"));
  EXPECT_FALSE(Allows("https://*.example.com", "https://evilexample.com"));
  EXPECT_FALSE(Allows("https://*.example.com", "https://a.example.com:8443"));
  EXPECT_FALSE(Allows("https://*.example.com", "https://*.example.com"));
}

TEST(OriginPolicyTest, NullAndAllMustBeSaid) {
  EXPECT_TRUE(Allows("null", "null"));
  EXPECT_FALSE(Allows("null", "https://gateway.example"));
  EXPECT_TRUE(Allows("*", "null"));
  EXPECT_TRUE(Allows("*", "https://evil.example"));
}

// golang.org/x/net/websocket sends the slash when it is used as documented.
TEST(OriginPolicyTest, ASlashBehindTheOriginIsNoOtherOrigin) {
  EXPECT_TRUE(OriginPolicy().Allows("http://gateway.example/", "gateway.example"));
  EXPECT_TRUE(OriginPolicy().Allows("http://[::1]:39000/", "[::1]:8080"));
  EXPECT_TRUE(Allows("https://app.example.com", "https://app.example.com:443/"));
  EXPECT_TRUE(Allows("https://*.example.com", "https://a.example.com/"));
  EXPECT_FALSE(OriginPolicy().Allows("http://evil.example/", "gateway.example"));
  for (const std::string origin :
       {"https://gateway.example//", "https://gateway.example/x", "https://gateway.example/?", "https:///",
        "/", "https://gateway.example/ ", "https://gateway.example:/", "null/"}) {
    EXPECT_FALSE(OriginPolicy().Allows(origin, "gateway.example")) << origin;
    EXPECT_FALSE(Allows("null", origin)) << origin;
  }
}

TEST(OriginPolicyTest, RefusesNonsenseInAnOrigin) {
  for (const std::string origin :
       {"gateway.example", "://gateway.example", "https://", "https://gateway.example/a",
        "https://evil.example@gateway.example", "https://gateway.example:", "https://gateway.example:x",
        "https://gateway.example:99999", "https://gateway.example evil", "https://[::1", "https://[]",
        "null,"}) {
    EXPECT_FALSE(OriginPolicy().Allows(origin, "gateway.example")) << origin;
  }
}

TEST(OriginPolicyTest, RefusesAListThatIsNone) {
  for (const std::string list : {"", ",", "same_host,", "example.com", "https://app.example.com/",
                                 "https://app.example.com/x", "https://*", "https://*.", "https://*..com",
                                 "https://a.*.com", "https://app.example.com:0x", "self"}) {
    EXPECT_FALSE(OriginPolicy::Parse(list).has_value()) << list;
  }
}

}  // namespace
}  // namespace drawbridge
