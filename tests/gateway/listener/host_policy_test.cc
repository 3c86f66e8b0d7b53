#include "gateway/listener/host_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

bool Allows(std::string_view list, std::string_view host, uint16_t default_port = 80) {
  return HostPolicy::Parse(list).value().Allows(host, default_port);
}

TEST(HostPolicyTest, WithoutAListAllHostsAreAllowed) {
  for (const char* host : {"anything.example", "[::1]:8080", ""}) {
    EXPECT_TRUE(HostPolicy().Allows(host, 80)) << host;
    EXPECT_TRUE(Allows(" ", host)) << host;
  }
}

TEST(HostPolicyTest, ANameIsAllowedAtAnyPort) {
  EXPECT_TRUE(Allows("edge.example.com", "edge.example.com"));
  EXPECT_TRUE(Allows("edge.example.com", "EDGE.example.com:8443"));
  EXPECT_TRUE(Allows("other.example, 192.0.2.1", "192.0.2.1:8080"));
  EXPECT_TRUE(Allows("[2001:db8::1]", "[2001:DB8::1]:8080"));
  for (const char* host : {"evil.example", "edge.example.com.evil.example", "xedge.example.com",
                           "www.edge.example.com", "127.0.0.1", "[::1]", "", "edge.example.com.:80"}) {
    EXPECT_FALSE(Allows("edge.example.com", host)) << host;
  }
}

TEST(HostPolicyTest, APortThatIsWrittenCounts) {
  EXPECT_TRUE(Allows("edge.example.com:8443", "edge.example.com:8443"));
  EXPECT_FALSE(Allows("edge.example.com:8443", "edge.example.com:443"));
  EXPECT_TRUE(Allows("edge.example.com:443", "edge.example.com", 443)) << "the port of wss";
  EXPECT_TRUE(Allows("edge.example.com:443", "edge.example.com:", 443));
  EXPECT_FALSE(Allows("edge.example.com:443", "edge.example.com", 80));
}

TEST(HostPolicyTest, AStarStandsForSubdomains) {
  EXPECT_TRUE(Allows("*.example.com", "a.example.com"));
  EXPECT_TRUE(Allows("*.example.com", "b.a.example.com:81"));
  EXPECT_TRUE(Allows("*.example.com:81", "a.example.com:81"));
  for (const char* host : {"example.com", ".example.com", "evilexample.com", "a.example.com.evil.example"}) {
    EXPECT_FALSE(Allows("*.example.com", host)) << host;
  }
  EXPECT_FALSE(Allows("*.example.com:81", "a.example.com"));
}

TEST(HostPolicyTest, WhatIsNoListIsRefused) {
  for (const char* list :
       {",", "a,", "*", "*.", "*..com", ".example.com", "a.*.com", "https://edge.example.com",
        "edge.example.com/", "edge.example.com:", "edge.example.com:x", "edge.example.com:65536",
        "user@edge.example.com", "[::1", "::1", "a b", "*.[::1]"}) {
    EXPECT_FALSE(HostPolicy::Parse(list).has_value()) << list;
  }
}

}  // namespace
}  // namespace drawbridge
