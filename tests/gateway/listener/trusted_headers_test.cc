#include "gateway/listener/trusted_headers.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace drawbridge {
namespace {

using Kind = TrustedHeaders::Kind;

const ForwardingHeaders kNone;
const ForwardingHeaders kForwarded{.forwarded = "for=192.0.2.1"};
const ForwardingHeaders kXForwarded{.x_forwarded_for = "192.0.2.1"};
const ForwardingHeaders kBoth{.forwarded = "for=192.0.2.1", .x_forwarded_for = "192.0.2.1"};
const ForwardingHeaders kProto{.x_forwarded_proto = "https"};

std::optional<Kind> HeaderOf(const std::string& list, const ForwardingHeaders& headers,
                             bool preface = false) {
  return TrustedHeaders::Parse(list).value().HeaderOf(headers, preface);
}

TEST(TrustedHeadersTest, AutoPrefersWhatProxiesSet) {
  EXPECT_EQ(HeaderOf("auto", kXForwarded), Kind::kXForwarded);
  EXPECT_EQ(HeaderOf("auto", kForwarded), Kind::kForwarded);
  EXPECT_EQ(HeaderOf("auto", kBoth), Kind::kXForwarded);
  EXPECT_EQ(HeaderOf("auto", kProto), Kind::kXForwarded);
  EXPECT_TRUE(TrustedHeaders().proxy_protocol());
}

TEST(TrustedHeadersTest, AutoBelievesNoHeaderBehindTheProxyProtocol) {
  for (const auto& headers : {kNone, kForwarded, kXForwarded, kBoth, kProto}) {
    EXPECT_EQ(HeaderOf("auto", headers, true), std::nullopt);
    EXPECT_EQ(HeaderOf("proxy_protocol", headers, true), std::nullopt);
    EXPECT_EQ(HeaderOf("proxy_protocol", headers, false), std::nullopt);
  }
}

TEST(TrustedHeadersTest, OnlyWhatIsListedIsBelieved) {
  EXPECT_EQ(HeaderOf("x-forwarded-for", kForwarded), std::nullopt);
  EXPECT_EQ(HeaderOf("forwarded", kXForwarded), std::nullopt);
  EXPECT_EQ(HeaderOf("forwarded", kBoth), Kind::kForwarded);
  EXPECT_EQ(HeaderOf("x-forwarded-for", kBoth), Kind::kXForwarded);
  EXPECT_EQ(HeaderOf("forwarded,x-forwarded-for", kBoth), Kind::kForwarded);
  EXPECT_EQ(HeaderOf("forwarded, x-forwarded-for", kXForwarded), Kind::kXForwarded);
  EXPECT_EQ(HeaderOf("proxy_protocol,x-forwarded-for", kBoth, true), Kind::kXForwarded);
  EXPECT_FALSE(TrustedHeaders::Parse("x-forwarded-for,forwarded")->proxy_protocol());
  EXPECT_TRUE(TrustedHeaders::Parse("forwarded,proxy_protocol")->proxy_protocol());
}

TEST(TrustedHeadersTest, WhatIsNoListIsRefused) {
  for (const char* list : {"", ",", "auto,forwarded", "x-real-ip", "forwarded,", "forwarded,forwarded",
                           "X-Forwarded-For", "proxy-protocol"}) {
    EXPECT_FALSE(TrustedHeaders::Parse(list).has_value()) << list;
  }
}

}  // namespace
}  // namespace drawbridge
