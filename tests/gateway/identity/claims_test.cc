// The claims of a correctly signed token are judged by the rules, at their very bounds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "gateway/identity/token_verifier.h"
#include "tests/gateway/identity/judge.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr char kAccepted[] = "principal alice";

const SigningKey& Key() {
  static const SigningKey key = SigningKey::Ed25519();
  return key;
}

const KeySet& Keys() {
  static const KeySet keys = ParseKeys(KeySetText({Key().Jwk()}));
  return keys;
}

std::string JudgePayload(const std::string& payload, const TokenRules& rules = {}, WallTime now = kNow) {
  return Judge(Key().TokenOf("EdDSA", "", payload), Keys(), rules, now);
}

// With these members beside a valid exp and sub.
std::string JudgeMembers(const std::string& members, const TokenRules& rules = {}) {
  return JudgePayload(R"({"sub":"alice","exp":1700000100,)" + members + "}", rules);
}

// exp as it stands in the payload.
std::string JudgeExpiry(const std::string& exp, WallTime now = kNow) {
  return JudgePayload(R"({"sub":"alice","exp":)" + exp + "}", {}, now);
}

std::variant<Claims, TokenRefusal> VerifyPayload(const std::string& payload, const TokenRules& rules = {}) {
  return Verify(Key().TokenOf("EdDSA", "", payload), Keys(), rules, kNow);
}

ClaimPath Path(const std::string& text) { return std::get<ClaimPath>(ClaimPath::Parse(text)); }

TEST(ClaimsTest, AValidTokenTellsWhoTheClientIs) {
  TokenRules rules{.issuer = "https://auth.example.com", .audiences = {"chat"}};
  rules.labels = std::get<std::vector<LabelRule>>(
      ParseLabelRules({"tier=tier", "realm_access.roles=roles", "missing=x"}));
  const auto outcome = VerifyPayload(
      R"({"iss":"https://auth.example.com","aud":"chat","sub":"alice","jti":"t-1","exp":1700000100.25,
          "tier":"gold","realm_access":{"roles":["user","admin"]}})",
      rules);
  ASSERT_TRUE(std::holds_alternative<Claims>(outcome)) << std::get<TokenRefusal>(outcome).text;
  const auto& claims = std::get<Claims>(outcome);
  EXPECT_EQ(claims.principal, "alice");
  EXPECT_EQ(claims.token_id, "t-1");
  EXPECT_EQ(claims.expire_time, kNow + seconds(100) + milliseconds(250));
  EXPECT_THAT(claims.labels, ElementsAre(Pair("tier", "gold"), Pair("roles", "user,admin")));
}

TEST(ClaimsTest, ThePayloadIsAnUnambiguousObject) {
  EXPECT_EQ(JudgePayload("[]"), "format: the payload is not a JSON object");
  EXPECT_EQ(JudgePayload(""), "format: the payload is not valid JSON: incomplete JSON");
  EXPECT_EQ(JudgeMembers(R"("sub":"bob")"), "format: the payload has the member 'sub' twice");
  EXPECT_EQ(JudgeMembers(R"("a":{"b":{"c":1,"c":1}})"), "format: the payload has the member 'c' twice");
  EXPECT_EQ(JudgeMembers(R"("a":)" + std::string(40, '[') + std::string(40, ']')),
            "format: the payload is not valid JSON: too deep");
  EXPECT_THAT(JudgeMembers("\"a\":\"\xFF\""), StartsWith("format: the payload is not valid JSON"));
  EXPECT_EQ(JudgeMembers(R"("a":1e400)"), "format: the payload has a number that is too large");
}

TEST(ClaimsTest, ClaimsThatAreNotUsedMayBeAnything) {
  EXPECT_EQ(
      JudgeMembers(
          R"("a":"\u0000","b":18446744073709551616,"c":9223372036854775808,"d":{"sub":"bob"},"iss":7,"aud":{})"),
      kAccepted);
}

TEST(ClaimsTest, ExpIsRequired) {
  EXPECT_EQ(JudgePayload(R"({"sub":"alice"})"), "time: the claim 'exp' is missing");
  EXPECT_EQ(JudgeExpiry("null"), "time: the claim 'exp' is null: must be a number");
  EXPECT_EQ(JudgeExpiry("\"1700000100\""), "time: the claim 'exp' is '1700000100': must be a number");
  EXPECT_EQ(JudgeExpiry("true"), "time: the claim 'exp' is a boolean: must be a number");
  EXPECT_EQ(JudgeExpiry("[1700000100]"), "time: the claim 'exp' is an array of 1: must be a number");
}

TEST(ClaimsTest, ATokenIsExpiredOnceTheLeewayHasPassed) {
  EXPECT_EQ(JudgeExpiry("1700000000"), kAccepted);
  EXPECT_EQ(JudgeExpiry("1699999971"), kAccepted);
  EXPECT_EQ(JudgeExpiry("1699999970"),
            "expired: the claim 'exp' is 1699999970, 30 s ago: the leeway is 30 s");
  EXPECT_EQ(JudgeExpiry("1699999970", kNow - std::chrono::nanoseconds(1)), kAccepted);
  EXPECT_EQ(JudgePayload(R"({"sub":"alice","exp":1700000000})", {.leeway = seconds(0)}),
            "expired: the claim 'exp' is 1700000000, 0 s ago: the leeway is 0 s");
  EXPECT_EQ(JudgePayload(R"({"sub":"alice","exp":1700000001})", {.leeway = seconds(0)}), kAccepted);
}

TEST(ClaimsTest, FractionsCount) {
  EXPECT_EQ(JudgeExpiry("1699999970.5"), kAccepted);
  EXPECT_THAT(JudgeExpiry("1699999969.5"), StartsWith("expired: "));
  EXPECT_EQ(JudgeExpiry("1.7000001e9"), kAccepted);
  EXPECT_EQ(JudgeExpiry("17000001E2"), kAccepted);
}

TEST(ClaimsTest, TimesThatDoNotFitAreTheLastOrTheFirst) {
  const WallTime last{kLatestTime};
  for (const std::string exp :
       {"9000000000", "9000000001", "9223372036", "9223372037", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "1e19", "1e300", "1.7976931348623157e308", "9.3e9"}) {
    const auto outcome = VerifyPayload(R"({"sub":"alice","exp":)" + exp + "}");
    ASSERT_TRUE(std::holds_alternative<Claims>(outcome)) << exp;
    EXPECT_EQ(std::get<Claims>(outcome).expire_time, last) << exp;
  }
  for (const std::string exp : {"0", "-0.0", "0.5", "-1", "-1e300", "-9223372036854775808",
                                "-9223372036854775809", "1e-300", "-5e-324"})
    EXPECT_THAT(JudgeExpiry(exp), StartsWith("expired: the claim 'exp' is ")) << exp;
  EXPECT_THAT(JudgeExpiry("1e400"), StartsWith("format: "));
  EXPECT_EQ(JudgePayload(R"({"sub":"alice","exp":1e300})", {.leeway = seconds(3600)}, last), kAccepted);
  const auto before = VerifyPayload(R"({"sub":"alice","exp":8999999999})");
  ASSERT_TRUE(std::holds_alternative<Claims>(before));
  EXPECT_EQ(std::get<Claims>(before).expire_time, last - seconds(1));
}

TEST(ClaimsTest, TimesInTheFutureAreRefusedBeyondTheLeeway) {
  for (const std::string name : {"nbf", "iat"}) {
    const auto judge = [&](const std::string& time) {
      return JudgeMembers(std::string("\"").append(name).append("\":").append(time));
    };
    EXPECT_EQ(judge("1700000030"), kAccepted);
    EXPECT_EQ(judge("0"), kAccepted);
    EXPECT_EQ(judge("-1e300"), kAccepted);
    EXPECT_EQ(judge("1700000031"), "not_yet_valid: the claim '" + name +
                                       "' is 1700000031, 31 s from now: at most 30 s are allowed");
    EXPECT_EQ(judge("1700000030.5"), "not_yet_valid: the claim '" + name +
                                         "' is 1700000030.5, 30.5 s from now: at most 30 s are allowed");
    EXPECT_THAT(judge("1e300"), StartsWith("not_yet_valid: the claim '" + name + "' is 1e+300, "));
    EXPECT_THAT(judge("18446744073709551615"), StartsWith("not_yet_valid: "));
    EXPECT_EQ(judge("\"1700000000\""), "time: the claim '" + name + "' is '1700000000': must be a number");
    EXPECT_EQ(judge("null"), "time: the claim '" + name + "' is null: must be a number");
  }
}

TEST(ClaimsTest, TheIssuerIsEqual) {
  const TokenRules rules{.issuer = "https://auth.example.com/"};
  EXPECT_EQ(JudgeMembers(R"("iss":"https://auth.example.com/")", rules), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("iss":"https://auth.example.com")", rules),
            "issuer: the claim 'iss' is 'https://auth.example.com': must be 'https://auth.example.com/'");
  EXPECT_THAT(JudgeMembers(R"("iss":"https://auth.example.com/\u0000")", rules), StartsWith("issuer: "));
  EXPECT_THAT(JudgeMembers(R"("iss":"HTTPS://auth.example.com/")", rules), StartsWith("issuer: "));
  EXPECT_EQ(JudgeMembers(R"("iss":["https://auth.example.com/"])", rules),
            "issuer: the claim 'iss' is an array of 1: must be 'https://auth.example.com/'");
  EXPECT_EQ(JudgeMembers(R"("x":1)", rules),
            "issuer: the claim 'iss' is missing: must be 'https://auth.example.com/'");
}

TEST(ClaimsTest, TheAudienceHasOneThatIsAllowed) {
  const TokenRules rules{.audiences = {"chat", "https://chat.example.com"}};
  EXPECT_EQ(JudgeMembers(R"("aud":"chat")", rules), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("aud":["account","https://chat.example.com"])", rules), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("aud":[7,"chat"])", rules), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("aud":"Chat")", rules),
            "audience: the claim 'aud' is 'Chat': must have 'chat' or another allowed audience");
  EXPECT_THAT(JudgeMembers(R"("aud":"cha")", rules), StartsWith("audience: "));
  EXPECT_THAT(JudgeMembers(R"("aud":"chat chat")", rules), StartsWith("audience: "));
  EXPECT_THAT(JudgeMembers(R"("aud":[])", rules), StartsWith("audience: the claim 'aud' is an array of 0"));
  EXPECT_THAT(JudgeMembers(R"("aud":[["chat"]])", rules), StartsWith("audience: "));
  EXPECT_THAT(JudgeMembers(R"("aud":{"chat":true})", rules),
              StartsWith("audience: the claim 'aud' is an object"));
  EXPECT_THAT(JudgeMembers(R"("aud":null)", rules), StartsWith("audience: the claim 'aud' is missing"));
  EXPECT_EQ(JudgeMembers(R"("x":1)", {.audiences = {"chat"}}),
            "audience: the claim 'aud' is missing: must have 'chat'");
  EXPECT_EQ(JudgeMembers(R"("aud":"other")"), kAccepted);
}

TEST(ClaimsTest, TheAudienceCanBeAnotherClaim) {
  const TokenRules rules{.audiences = {"web"}, .audience_claim = Path("client_id")};
  EXPECT_EQ(JudgeMembers(R"("client_id":"web","aud":"other")", rules), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("client_id":"app","aud":"web")", rules),
            "audience: the claim 'client_id' is 'app': must have 'web'");
}

TEST(ClaimsTest, ThePrincipalIsANameThatCanBeLogged) {
  const auto judge = [](const std::string& sub) {
    return JudgePayload(R"({"exp":1700000100,"sub":)" + sub + "}");
  };
  EXPECT_EQ(JudgePayload(R"({"exp":1700000100})"), "principal: the claim 'sub' is missing: must be a string");
  EXPECT_EQ(judge("7"), "principal: the claim 'sub' is 7: must be a string");
  EXPECT_EQ(judge("null"), "principal: the claim 'sub' is missing: must be a string");
  EXPECT_EQ(judge(R"(["alice"])"), "principal: the claim 'sub' is an array of 1: must be a string");
  EXPECT_EQ(judge("\"\""), "principal: the claim 'sub' has 0 bytes: must have 1 to 256");
  EXPECT_EQ(judge("\"" + std::string(256, 'a') + "\""), "principal " + std::string(256, 'a'));
  EXPECT_EQ(judge("\"" + std::string(257, 'a') + "\""),
            "principal: the claim 'sub' has 257 bytes: must have 1 to 256");
  EXPECT_EQ(judge(R"("J\u00f6rg \ud83d\ude00 \"x\"")"), "principal J\xC3\xB6rg \xF0\x9F\x98\x80 \"x\"");
  for (const std::string character :
       {"\\u0000", "\\n", "\\r", "\\t", "\\u001b", "\\u007f", "\\u0085", "\\u009b"})
    EXPECT_THAT(judge("\"a" + character + "b\""), HasSubstr("must not have control characters")) << character;
  EXPECT_EQ(judge(R"("a\u0000")"), "principal: the claim 'sub' is 'a%00': must not have control characters");
}

TEST(ClaimsTest, ThePrincipalCanBeAnotherClaim) {
  EXPECT_EQ(JudgeMembers(R"("email":"alice@example.com")", {.principal_claim = Path("email")}),
            "principal alice@example.com");
  EXPECT_EQ(
      JudgeMembers(R"("https://example.com/id":"a7")", {.principal_claim = Path("https://example.com/id")}),
      "principal a7");
  EXPECT_EQ(JudgeMembers(R"("user":{"id":"u1"})", {.principal_claim = Path("user.id")}), "principal u1");
  EXPECT_EQ(JudgeMembers(R"("x":1)", {.principal_claim = Path("user.id")}),
            "principal: the claim 'user.id' is missing: must be a string");
}

TEST(ClaimsTest, TheTokenIdIsABoundedString) {
  const auto token_id = [](const std::string& members) {
    const auto outcome = VerifyPayload(R"({"sub":"alice","exp":1700000100)" + members + "}");
    return std::holds_alternative<Claims>(outcome) ? std::get<Claims>(outcome).token_id
                                                   : "refused: " + std::get<TokenRefusal>(outcome).text;
  };
  EXPECT_EQ(token_id(""), "");
  EXPECT_EQ(token_id(R"(,"jti":"8f14e45f")"), "8f14e45f");
  EXPECT_EQ(token_id(R"(,"jti":")" + std::string(256, 'j') + "\""), std::string(256, 'j'));
  EXPECT_EQ(token_id(R"(,"jti":")" + std::string(257, 'j') + "\""),
            "refused: the claim 'jti' has 257 bytes: must have 1 to 256");
  EXPECT_EQ(token_id(R"(,"jti":7)"), "refused: the claim 'jti' is 7: must be a string");
  EXPECT_EQ(token_id(R"(,"jti":"")"), "refused: the claim 'jti' has 0 bytes: must have 1 to 256");
  EXPECT_EQ(token_id(R"(,"jti":"a\nb")"),
            "refused: the claim 'jti' is 'a%0Ab': must not have control characters");
}

TEST(ClaimsTest, ALabelThatCannotBeRefusesTheToken) {
  TokenRules rules;
  rules.labels = std::get<std::vector<LabelRule>>(ParseLabelRules({"roles=roles"}));
  EXPECT_EQ(JudgeMembers(R"("roles":["a","b"])", rules), kAccepted);
  EXPECT_EQ(JudgeMembers(R"("roles":")" + std::string(257, 'r') + "\"", rules),
            "label: the claim 'roles' makes a label of 257 bytes: at most 256 are allowed");
}

TEST(ClaimsTest, TheFirstRuleThatIsBrokenIsNamed) {
  const TokenRules rules{.issuer = "i", .audiences = {"a"}};
  EXPECT_THAT(JudgePayload("{}", rules), StartsWith("issuer: "));
  EXPECT_THAT(JudgePayload(R"({"iss":"i"})", rules), StartsWith("audience: "));
  EXPECT_THAT(JudgePayload(R"({"iss":"i","aud":"a"})", rules), StartsWith("time: "));
  EXPECT_THAT(JudgePayload(R"({"iss":"i","aud":"a","exp":1})", rules), StartsWith("expired: "));
  EXPECT_THAT(JudgePayload(R"({"iss":"i","aud":"a","exp":1e10,"nbf":1e10})", rules),
              StartsWith("not_yet_valid: "));
  EXPECT_THAT(JudgePayload(R"({"iss":"i","aud":"a","exp":1e10})", rules), StartsWith("principal: "));
}

TEST(ClaimsTest, EachRuleHasAWord) {
  for (size_t i = 0; i < kTokenRuleCount; ++i) {
    const std::string_view name = NameOf(static_cast<TokenRule>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace drawbridge
