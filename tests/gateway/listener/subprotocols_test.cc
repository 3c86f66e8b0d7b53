#include "gateway/listener/subprotocols.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drawbridge {
namespace {

std::string Choose(const std::string& spoken, const std::vector<std::string>& offered) {
  return std::string(SubprotocolPolicy::Parse(spoken, kTokenPrefixes).value().Choose(offered));
}

TEST(SubprotocolsTest, TheFirstOfferIsChosenWhereNoneAreConfigured) {
  EXPECT_EQ(Choose("", {"mqtt", "chat"}), "mqtt");
  EXPECT_EQ(SubprotocolPolicy().Choose({"mqtt", "chat"}), "mqtt");
  EXPECT_EQ(Choose("", {}), "");
}

TEST(SubprotocolsTest, TheOrderOfTheServerCounts) {
  EXPECT_EQ(Choose("v2.chat, v1.chat", {"v1.chat", "v2.chat"}), "v2.chat");
  EXPECT_EQ(Choose("v2.chat,v1.chat", {"mqtt", "v1.chat"}), "v1.chat");
}

TEST(SubprotocolsTest, WhereNoneFitsNoneIsChosen) {
  EXPECT_EQ(Choose("chat", {"mqtt", "chat2", "Chat"}), "");
  EXPECT_EQ(Choose("chat", {}), "");
}

TEST(SubprotocolsTest, AnEntryThatCarriesATokenIsNeverChosen) {
  for (const std::string token :
       {"base64url.bearer.authorization.k8s.io.c2VjcmV0", "base64url.bearer.phx.c2VjcmV0", "Bearer.c2VjcmV0",
        "access_token.c2VjcmV0", "auth.c2VjcmV0", "eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0",
        "v1.token.websocket.jupyter.org.c2VjcmV0", "openai-insecure-api-key.c2VjcmV0"}) {
    EXPECT_EQ(Choose("", {token}), "") << token;
    EXPECT_EQ(Choose("", {token, "v4.channel.k8s.io"}), "v4.channel.k8s.io") << token;
    EXPECT_EQ(Choose("", {token, token, "chat", token}), "chat") << token;
    EXPECT_EQ(Choose("v4.channel.k8s.io", {token, "v4.channel.k8s.io"}), "v4.channel.k8s.io") << token;
  }
  EXPECT_EQ(Choose("", {"v1.token.websocket.jupyter.org"}), "v1.token.websocket.jupyter.org")
      << "the name without a token";
}

// Regression test: a Kubernetes client with such a token was refused with 400.
TEST(SubprotocolsTest, AnEntryThatIsTooLongForANameIsNotChosen) {
  EXPECT_EQ(Choose("", {std::string(kMaxSubprotocol + 1, 'p'), "chat"}), "chat");
  EXPECT_EQ(Choose("", {std::string(kMaxSubprotocol, 'p'), "chat"}), std::string(kMaxSubprotocol, 'p'));
}

TEST(SubprotocolsTest, PrefixesCanBeReplaced) {
  const auto policy = SubprotocolPolicy::Parse("", "secret-, ticket.").value();
  EXPECT_EQ(policy.Choose({"ticket.1", "SECRET-2", "auth.3"}), "auth.3");
  EXPECT_EQ(SubprotocolPolicy::Parse("", "").value().Choose({"bearer.1"}), "bearer.1");
}

TEST(SubprotocolsTest, WhatIsNoListIsRefused) {
  for (const std::string list : {",", "chat,", "a b", "a;b", "\"chat\"", "caf\xc3\xa9"}) {
    EXPECT_FALSE(SubprotocolPolicy::Parse(list, "").has_value()) << list;
    EXPECT_FALSE(SubprotocolPolicy::Parse("", list).has_value()) << list;
  }
  EXPECT_TRUE(SubprotocolPolicy::Parse(" chat , mqtt ", " bearer. ").has_value());
}

}  // namespace
}  // namespace drawbridge
