// A renewal: which connections it changes, and what its answer says.
#include "gateway/listener/renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/node_identity.h"
#include "gateway/connections/bans.h"
#include "gateway/connections/events.h"
#include "gateway/connections/registry.h"
#include "gateway/identity/client_identity.h"
#include "gateway/identity/token_rules.h"
#include "gateway/listener/renewal_body.h"
#include "tests/gateway/base/manual_clock.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class RenewalTest : public ::testing::Test {
 public:
  IdentityPointer TokenOf(const std::string& principal, std::chrono::nanoseconds lifetime, Labels labels = {},
                          const std::string& id = "") const {
    const Claims claims{.principal = principal,
                        .token_id = id,
                        .expire_time = clock_.Wall() + lifetime,
                        .labels = std::move(labels)};
    return IdentityOf(claims, {}, clock_.Wall());
  }
  Registration Open(const IdentityPointer& identity) {
    return registry_.Add({.principal = identity->principal}, {}, identity->attributes);
  }
  static std::string IdOf(const Registration& registration) {
    return std::string(registration.connection()->info().id);
  }
  // Renews all at once.
  HttpAnswer Renew(const IdentityPointer& identity, RenewalIds ids = std::nullopt) {
    Renewal renewal(&registry_, &bans_, identity, std::move(ids));
    while (!renewal.Step()) {
    }
    return renewal.Answer();
  }
  void Ban(BanSubject subject) {
    drawbridge::Ban ban;
    ban.ban_id = "b";
    ban.subject = std::move(subject);
    ban.create_time = clock_.Wall();
    ban.expire_time = clock_.Wall() + seconds(1000);
    ASSERT_TRUE(bans_.Insert(std::move(ban)));
  }

  ManualClock clock_;
  Registry registry_{NodeIdentity("test", "abcdefgh", SipKey{}), {}, &clock_};
  Bans bans_{&clock_};
};

TEST_F(RenewalTest, AllConnectionsOfThePrincipalLastLonger) {
  const Registration first = Open(TokenOf("alice", seconds(60)));
  const Registration second = Open(TokenOf("alice", seconds(600)));
  const Registration other = Open(TokenOf("bob", seconds(60)));
  const HttpAnswer answer = Renew(TokenOf("alice", seconds(300), {}, "t2"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(first.connection()->attributes()->expire_time, clock_.Wall() + seconds(300));
  EXPECT_EQ(first.connection()->attributes()->token_id, "t2");
  EXPECT_EQ(first.connection()->attributes()->revision, 2U);
  EXPECT_EQ(second.connection()->attributes()->expire_time, clock_.Wall() + seconds(600)) << "only forward";
  EXPECT_EQ(other.connection()->attributes()->expire_time, clock_.Wall() + seconds(60));
  EXPECT_EQ(other.connection()->attributes()->revision, 1U);
}

TEST_F(RenewalTest, TheAnswerTellsHowManyAndUntilWhen) {
  const Registration first = Open(TokenOf("alice", seconds(60)));
  const Registration second = Open(TokenOf("alice", seconds(600)));
  const HttpAnswer answer = Renew(TokenOf("alice", seconds(61)));
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_THAT(answer.text, HasSubstr(R"({"renewed":2,"expireTime":"2023-11-14T22:14:21Z","connections":[{)"));
  EXPECT_THAT(answer.text, HasSubstr(R"({"connectionId":")" + IdOf(first) + R"(","expireTime":"2023-)"));
  EXPECT_THAT(answer.text, HasSubstr(IdOf(second)));
}

TEST_F(RenewalTest, WithoutOpenConnectionsNothingIsRenewed) {
  EXPECT_EQ(Renew(TokenOf("alice", seconds(60))).text, R"({"renewed":0,"connections":[]})");
}

TEST_F(RenewalTest, LabelsFollowTheTokenAndTheIndexFollowsThem) {
  const Registration mine = Open(TokenOf("alice", seconds(60), {{"role", "admin"}, {"team", "red"}}));
  Renew(TokenOf("alice", seconds(300), {{"role", "guest"}}));
  EXPECT_THAT(mine.connection()->attributes()->labels, ElementsAre(Pair("role", "guest")));
  EXPECT_EQ(registry_.Count({IndexKey::OfLabel("role", "guest")}), 1U);
  EXPECT_EQ(registry_.Count({IndexKey::OfLabel("role", "admin")}), 0U);
  EXPECT_EQ(registry_.Count({IndexKey::OfLabel("team", "red")}), 0U);
}

TEST_F(RenewalTest, TheSameTokenAgainCausesNoEvent) {
  const IdentityPointer token = TokenOf("alice", seconds(300), {{"role", "guest"}}, "t2");
  const Registration mine = Open(TokenOf("alice", seconds(60)));
  Renew(token);
  const AttributesPointer once = mine.connection()->attributes();
  EXPECT_THAT(Renew(token).text, HasSubstr(R"("renewed":1)"));
  EXPECT_EQ(mine.connection()->attributes(), once);
}

TEST_F(RenewalTest, OnlyTheConnectionsWithTheIdsAreRenewed) {
  const Registration first = Open(TokenOf("alice", seconds(60)));
  const Registration second = Open(TokenOf("alice", seconds(60)));
  const HttpAnswer answer = Renew(TokenOf("alice", seconds(300)), {{IdOf(second)}});
  EXPECT_THAT(answer.text, HasSubstr(R"("renewed":1)"));
  EXPECT_EQ(first.connection()->attributes()->revision, 1U);
  EXPECT_EQ(second.connection()->attributes()->revision, 2U);
}

TEST_F(RenewalTest, TheIdOfAnotherPrincipalIsAnsweredAsOneThatDoesNotExist) {
  const Registration theirs = Open(TokenOf("bob", seconds(60)));
  const IdentityPointer token = TokenOf("alice", seconds(300));
  const HttpAnswer foreign = Renew(token, {{IdOf(theirs)}});
  const HttpAnswer unknown = Renew(token, {{registry_.node().ConnectionId(999)}});
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(Serialize(foreign, WallTime()), Serialize(unknown, WallTime()));
  EXPECT_EQ(Serialize(foreign, WallTime()), Serialize(Renew(token, {{"no-id"}}), WallTime()));
  EXPECT_EQ(theirs.connection()->attributes()->revision, 1U);

  const Registration mine = Open(TokenOf("alice", seconds(60)));
  const HttpAnswer mixed = Renew(token, {{IdOf(mine), IdOf(theirs), "no-id"}});
  EXPECT_THAT(mixed.text, HasSubstr(R"("renewed":1)"));
  EXPECT_THAT(mixed.text, Not(HasSubstr(IdOf(theirs))));
}

TEST_F(RenewalTest, AConnectionThatClosesIsNotRenewed) {
  const Registration mine = Open(TokenOf("alice", seconds(60)));
  mine.connection()->Interrupt(CloseRequest(CloseCause::kInterrupted));
  EXPECT_THAT(Renew(TokenOf("alice", seconds(300))).text, HasSubstr(R"("renewed":0)"));
  EXPECT_EQ(Renew(TokenOf("alice", seconds(300)), {{IdOf(mine)}}).status, 403);
  EXPECT_EQ(mine.connection()->attributes()->revision, 1U);
}

TEST_F(RenewalTest, ABannedLabelOfTheNewTokenClosesTheConnection) {
  const Registration mine = Open(TokenOf("alice", seconds(60)));
  Ban(BannedLabel{.key = "role", .value = "guest"});
  EXPECT_THAT(Renew(TokenOf("alice", seconds(300), {{"role", "guest"}})).text, HasSubstr(R"("renewed":0)"));
  EXPECT_NE(mine.connection()->state(), ConnectionState::kOpen);
  EXPECT_EQ(mine.connection()->close_request()->reason, "banned");
}

TEST_F(RenewalTest, ManyConnectionsAreRenewedInStepsAndTheFirstAreNamed) {
  constexpr size_t kConnections = 3 * Renewal::kStep;
  std::vector<Registration> opened;
  opened.reserve(kConnections);
  for (size_t i = 0; i < kConnections; ++i) opened.push_back(Open(TokenOf("alice", seconds(60))));
  Renewal renewal(&registry_, &bans_, TokenOf("alice", seconds(300)), std::nullopt);
  EXPECT_FALSE(renewal.Step());
  EXPECT_LE(renewal.renewed(), Renewal::kStep);
  while (!renewal.Step()) {
  }
  EXPECT_EQ(renewal.renewed(), kConnections);
  const std::string text = renewal.Answer().text;
  size_t named = 0;
  for (size_t at = text.find("connectionId"); at != std::string::npos; at = text.find("connectionId", at + 1))
    ++named;
  EXPECT_EQ(named, Renewal::kMaxNamed);
  for (const Registration& each : opened) EXPECT_EQ(each.connection()->attributes()->revision, 2U);
}

RenewalIds IdsIn(const std::string& body) { return std::get<RenewalIds>(ParseRenewalBody(body)); }
std::string ProblemIn(const std::string& body) {
  const auto parsed = ParseRenewalBody(body);
  const auto* const problem = std::get_if<std::string>(&parsed);
  return problem == nullptr ? "none" : *problem;
}

TEST(RenewalBodyTest, NoIdsMeansAll) {
  EXPECT_EQ(IdsIn(""), std::nullopt);
  EXPECT_EQ(IdsIn(" {} "), std::nullopt);
}

TEST(RenewalBodyTest, EachIdCountsOnce) {
  EXPECT_THAT(*IdsIn(R"({"connectionIds":["b","a","b"]})"), ElementsAre("a", "b"));
}

TEST(RenewalBodyTest, AnythingElseIsRefused) {
  EXPECT_THAT(ProblemIn("nonsense"), HasSubstr("is not valid JSON"));
  EXPECT_THAT(ProblemIn(R"(["a"])"), HasSubstr("is not a JSON object"));
  EXPECT_THAT(ProblemIn(R"({"connectionIds":["a"],"connectionIds":["b"]})"), HasSubstr("twice"));
  EXPECT_EQ(ProblemIn(R"({"connectionIDs":["a"]})"),
            "has the member 'connectionIDs': only connectionIds is known");
  const std::string no_array = "has a member connectionIds that is not an array of 1 to 100 strings";
  EXPECT_EQ(ProblemIn(R"({"connectionIds":"a"})"), no_array);
  EXPECT_EQ(ProblemIn(R"({"connectionIds":[]})"), no_array);
  EXPECT_EQ(ProblemIn(R"({"connectionIds":["a",1]})"),
            "has an element of connectionIds that is not a string");
  std::string many = R"({"connectionIds":["a")";
  for (size_t i = 0; i < kMaxRenewalIds; ++i) many.append(R"(,"a")");
  EXPECT_EQ(ProblemIn(many.append("]}")), no_array);
}

}  // namespace
}  // namespace drawbridge
