// The flags of identity: a gateway that starts has usable keys and consistent rules, and otherwise the error
// names the wrong flag.
#include "services/server/identity_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "gateway/identity/token_rules.h"
#include "services/server/flags.h"
#include "services/server/reloadable_flags.h"
#include "tests/services/server/flags_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IdentityFlagsTest : public FlagsTest {
 protected:
  TemporaryFile keys_{"jwks.json", KeySetText({SigningKey::Ed25519().Jwk(R"("kid":"a")")})};
  const std::string jwt_keys_ = "--jwt_keys=" + keys_.path();
};

TEST_F(IdentityFlagsTest, WithoutKeysThereAreNoRules) {
  const Flags flags = Taken({});
  EXPECT_EQ(TokenRulesOf(flags), nullptr);
  EXPECT_TRUE(IdentityPolicyOf(flags, nullptr).headers.empty());
}

TEST_F(IdentityFlagsTest, RulesFollowTheFlags) {
  const Flags flags = Taken({jwt_keys_, "--jwt_issuer=https://issuer.example", "--jwt_audience=a, b",
                             "--jwt_label=role=role,org.id=tenant", "--jwt_algorithms=EdDSA,RS256",
                             "--jwt_leeway=5s", "--jwt_principal_claim=email"});
  const auto rules = TokenRulesOf(flags);
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(rules->issuer, "https://issuer.example");
  EXPECT_THAT(rules->audiences, ElementsAre("a", "b"));
  EXPECT_EQ(rules->labels.size(), 2U);
  EXPECT_EQ(rules->labels[1].key, "tenant");
  EXPECT_TRUE(rules->algorithms.Contains(Algorithm::kEdDsa));
  EXPECT_FALSE(rules->algorithms.Contains(Algorithm::kEs256));
  EXPECT_EQ(rules->leeway, std::chrono::seconds(5));
  EXPECT_TRUE(flags.warnings.empty());
}

TEST_F(IdentityFlagsTest, WarnsOfTokensOfOthers) {
  EXPECT_THAT(Taken({jwt_keys_}).warnings, Contains(HasSubstr("without --jwt_issuer")));
  EXPECT_THAT(Taken({jwt_keys_}).warnings, Contains(HasSubstr("without --jwt_audience")));
}

TEST_F(IdentityFlagsTest, KeysAreAUsableFileOrAnHttpsUrl) {
  EXPECT_TRUE(KeyUrlOf(Taken({"--jwt_keys=https://issuer.example/jwks.json"})).has_value());
  EXPECT_FALSE(KeyUrlOf(Taken({jwt_keys_})).has_value());
  EXPECT_THAT(Refused({"--jwt_keys=http://issuer.example/jwks.json"}), HasSubstr("or an https URL"));
  EXPECT_THAT(Refused({"--jwt_keys=/does/not/exist"}), HasSubstr("must be a file that can be read"));
  EXPECT_THAT(Refused({jwt_keys_, "--jwt_keys_ca=" + keys_.path()}),
              HasSubstr("must come with an https URL"));
  keys_.Replace("<html>");
  EXPECT_THAT(Refused({jwt_keys_}), HasSubstr("--jwt_keys is"));
  keys_.Replace(R"({"keys":[{"kty":"oct","k":"AAAA"}]})");
  EXPECT_THAT(Refused({jwt_keys_}), HasSubstr("must have a key that can verify tokens"));
}

TEST_F(IdentityFlagsTest, BadValuesAreNamed) {
  for (const std::string bad :
       {"jwt_algorithms=HS256", "jwt_algorithms=none", "jwt_algorithms=", "jwt_sources=header",
        "jwt_sources=", "jwt_label=role", "jwt_label=role=A", "jwt_leeway=11m", "jwt_refused_code=1005",
        "jwt_expired_code=999", "jwt_audience=a,,b", "jwt_principal_claim=", "per_principal_policy=both",
        "jwt_required=perhaps"}) {
    const std::string name = bad.substr(0, bad.find('='));
    EXPECT_THAT(Refused({jwt_keys_, "--" + bad}), HasSubstr("--" + name + " is ")) << bad;
  }
}

TEST_F(IdentityFlagsTest, AReloadTakesAllButTheKeys) {
  Flags flags = Taken({jwt_keys_, "--trusted_proxies=192.0.2.1"});
  const Flags fresh = Taken(
      {jwt_keys_, "--trusted_proxies=192.0.2.1", "--jwt_algorithms=EdDSA", "--jwt_audience=chat",
       "--jwt_audience_claim=client_id", "--jwt_expired_code=4001", "--jwt_issuer=https://issuer.example",
       "--jwt_label=role=role", "--jwt_leeway=1s", "--jwt_principal_claim=email", "--jwt_refuse_by_close",
       "--jwt_refused_code=4002", "--jwt_required=false", "--jwt_sources=cookie:token",
       "--label_header=X-Role=role", "--max_connections_per_principal=3",
       "--per_principal_policy=close_oldest", "--principal_header=X-User"});
  const FlagChanges changes = TakeReloadable(fresh, &flags);
  EXPECT_THAT(changes.need_restart, ::testing::IsEmpty());
  EXPECT_EQ(changes.taken.size(), 16U);
  EXPECT_EQ(TokenRulesOf(flags)->issuer, "https://issuer.example");
  EXPECT_EQ(TokenRulesOf(flags)->leeway, std::chrono::seconds(1));
  EXPECT_EQ(flags.jwt_expired_code, 4001);
  EXPECT_EQ(flags.jwt_refused_code, 4002);
  EXPECT_EQ(flags.jwt_sources, "cookie:token");
  EXPECT_FALSE(flags.jwt_required);
  EXPECT_TRUE(flags.jwt_refuse_by_close);
  EXPECT_EQ(flags.max_connections_per_principal, 3U);
  EXPECT_EQ(flags.per_principal_policy, "close_oldest");
  EXPECT_EQ(flags.principal_header, "X-User");
  EXPECT_EQ(flags.label_header, "X-Role=role");
}

TEST_F(IdentityFlagsTest, WhatNeedsAnotherFlagSaysSo) {
  for (const char* flag :
       {"--jwt_issuer=x", "--jwt_audience=x", "--jwt_label=a=b", "--jwt_refuse_by_close", "--jwt_required"})
    EXPECT_THAT(Refused({flag}), HasSubstr("must come with --jwt_keys")) << flag;
  for (const char* flag : {"--principal_header=X-User", "--label_header=X-Role=role"})
    EXPECT_THAT(Refused({flag}), HasSubstr("must come with --trusted_proxies")) << flag;
  Taken({"--principal_header=X-User", "--label_header=X-Role=role", "--trusted_proxies=192.0.2.1"});
}

}  // namespace
}  // namespace drawbridge
