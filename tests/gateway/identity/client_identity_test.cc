// What a token gives to a connection, and what a newer token changes.
#include "gateway/identity/client_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "gateway/identity/token_rules.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Pair;

const WallTime kNow{seconds(1'700'000'000)};

Claims ClaimsWith(Labels labels, WallTime expire_time = kNow + seconds(60)) {
  return {.principal = "alice", .token_id = "t1", .expire_time = expire_time, .labels = std::move(labels)};
}

TEST(ClientIdentityTest, HasWhatTheTokenSays) {
  const auto identity = IdentityOf(ClaimsWith({{"role", "admin"}, {"dept", "ops"}}), {}, kNow);
  EXPECT_EQ(identity->principal, "alice");
  const Attributes& attributes = *identity->attributes;
  EXPECT_THAT(attributes.labels, ElementsAre(Pair("dept", "ops"), Pair("role", "admin")));
  EXPECT_THAT(attributes.token_labels, ElementsAre("dept", "role"));
  EXPECT_EQ(attributes.expire_time, kNow + seconds(60));
  EXPECT_TRUE(attributes.expires_by_token);
  EXPECT_EQ(attributes.token_id, "t1");
  EXPECT_EQ(attributes.revision, 1U);
}

TEST(ClientIdentityTest, ATokenWithinTheLeewayLastsUntilTheLeewayEnds) {
  const TokenRules rules{.leeway = seconds(30)};
  const auto identity = IdentityOf(ClaimsWith({}, kNow - seconds(10)), rules, kNow);
  EXPECT_EQ(identity->attributes->expire_time, kNow + seconds(20));
}

TEST(ClientIdentityTest, ANewTokenReplacesWhatTheOldOneSaid) {
  const auto before = IdentityOf(ClaimsWith({{"role", "admin"}, {"dept", "ops"}}), {}, kNow);
  const auto token = IdentityOf(ClaimsWith({{"role", "guest"}}, kNow + seconds(90)), {}, kNow);
  const auto after = Renewed(before->attributes, *token->attributes);
  EXPECT_THAT(after->labels, ElementsAre(Pair("role", "guest")));
  EXPECT_THAT(after->token_labels, ElementsAre("role"));
  EXPECT_EQ(after->expire_time, kNow + seconds(90));
  EXPECT_EQ(after->revision, 2U);
}

TEST(ClientIdentityTest, TheExpiryNeverMovesBack) {
  const auto before = IdentityOf(ClaimsWith({}, kNow + seconds(90)), {}, kNow);
  const auto token = IdentityOf(ClaimsWith({}, kNow + seconds(60)), {}, kNow);
  EXPECT_EQ(Renewed(before->attributes, *token->attributes)->expire_time, kNow + seconds(90));
}

TEST(ClientIdentityTest, WhatAnOlderTokenSaysDoesNotOutliveIt) {
  const auto older = IdentityOf(ClaimsWith({{"role", "admin"}}, kNow + seconds(60)), {}, kNow);
  const auto newer = IdentityOf(ClaimsWith({{"role", "guest"}}, kNow + seconds(90)), {}, kNow);
  const AttributesPointer renewed = Renewed(older->attributes, *newer->attributes);
  EXPECT_EQ(Renewed(renewed, *older->attributes), renewed) << "else role=admin would last 30 seconds longer";
}

TEST(ClientIdentityTest, WhatAnUpdateHasSetStays) {
  const auto opened = IdentityOf(ClaimsWith({{"role", "admin"}, {"dept", "ops"}}), {}, kNow);
  const boost::intrusive_ptr<Attributes> updated(new Attributes(*opened->attributes));
  updated->labels["role"] = "suspended";
  updated->token_labels = {"dept"};
  updated->expire_time = kNow + seconds(5);
  updated->expires_by_token = false;
  const auto token =
      IdentityOf(ClaimsWith({{"role", "admin"}, {"dept", "dev"}}, kNow + seconds(90)), {}, kNow);
  const auto after = Renewed(updated, *token->attributes);
  EXPECT_THAT(after->labels, ElementsAre(Pair("dept", "dev"), Pair("role", "suspended")));
  EXPECT_THAT(after->token_labels, ElementsAre("dept"));
  EXPECT_EQ(after->expire_time, kNow + seconds(5));
  EXPECT_FALSE(after->expires_by_token);
}

TEST(ClientIdentityTest, AConnectionWithoutAttributesGetsTheLabelsOfTheToken) {
  const auto token = IdentityOf(ClaimsWith({{"role", "guest"}}), {}, kNow);
  const auto after = Renewed(nullptr, *token->attributes);
  EXPECT_THAT(after->labels, ElementsAre(Pair("role", "guest")));
  EXPECT_EQ(after->expire_time, std::nullopt)
      << "without an expiry it may live for ever: no token shortens that";
}

TEST(ClientIdentityTest, AnExpiryThatAnUpdateHasRemovedStaysAway) {
  const auto opened = IdentityOf(ClaimsWith({}), {}, kNow);
  const boost::intrusive_ptr<Attributes> updated(new Attributes(*opened->attributes));
  updated->expire_time.reset();
  updated->expires_by_token = false;
  EXPECT_EQ(Renewed(updated, *opened->attributes)->expire_time, std::nullopt);
}

}  // namespace
}  // namespace drawbridge
