// Paths find claims, and claims become labels, or there is a reason why not.
#include "gateway/identity/claim_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <variant>
#include <vector>

#include "gateway/identity/claim_path.h"
#include "gateway/identity/quoted.h"
#include "gateway/identity/strict_json.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;

boost::json::object Object(const std::string& text) {
  return std::get<boost::json::object>(ParseStrictJson(text));
}

constexpr char kClaims[] =
    R"({"sub":"alice","a.b":"dotted","a":{"b":"nested","c.d":{"e":1},"":2,"n":null,"f":{}},"\\":"backslash",
    "https://example.com/role":"url","https://example":{"com/role":"split"},"x\\y":{"z":true},"=":"equals"})";

// What the path finds, as JSON; "nothing", or what is wrong with it.
std::string Find(const std::string& path) {
  const auto parsed = ClaimPath::Parse(path);
  if (const auto* const problem = std::get_if<std::string>(&parsed)) return *problem;
  const boost::json::object claims = Object(kClaims);
  const boost::json::value* const found = std::get<ClaimPath>(parsed).Find(claims);
  return found == nullptr ? "nothing" : boost::json::serialize(*found);
}

TEST(ClaimPathTest, FindsNestedClaims) {
  EXPECT_EQ(Find("sub"), R"("alice")");
  EXPECT_EQ(Find("a.b"), R"("nested")");
  EXPECT_EQ(Find("a.b.c"), "nothing");
  EXPECT_EQ(Find("a.f"), "{}");
  EXPECT_EQ(Find("a.n"), "nothing");
  EXPECT_EQ(Find("Sub"), "nothing");
  EXPECT_EQ(Find(" sub"), "nothing");
}

TEST(ClaimPathTest, ADotInANameIsEscaped) {
  EXPECT_EQ(Find(R"(a\.b)"), R"("dotted")");
  EXPECT_EQ(Find(R"(a.c\.d.e)"), "1");
  EXPECT_EQ(Find(R"(\\)"), R"("backslash")");
  EXPECT_EQ(Find(R"(x\\y.z)"), "true");
}

TEST(ClaimPathTest, AUrlIsOneName) {
  EXPECT_EQ(Find("https://example.com/role"), R"("url")");
  EXPECT_EQ(Find(R"(https://example\.com/role)"), R"("url")");
  EXPECT_EQ(Find(R"(https:\\//example.com/role)"), "nothing");
}

TEST(ClaimPathTest, RefusesWhatIsNoPath) {
  for (const std::string path : {"", ".", "a.", ".a", "a..b"})
    EXPECT_EQ(Find(path), "has an empty name") << path;
  for (const std::string path : {R"(a\)", R"(\a)", R"(a\\\)", R"(https://x\y)"})
    EXPECT_EQ(Find(path), R"(has a \ that is not followed by . or \)") << path;
}

TEST(ClaimPathTest, IsShownWithoutEscapes) {
  EXPECT_EQ(std::get<ClaimPath>(ClaimPath::Parse(R"(a.c\.d.e)")).shown(), "'a.c.d.e'");
  EXPECT_EQ(ClaimPath::OfName("a.b").shown(), "'a.b'");
}

TEST(QuotedTest, ShowsAnythingInOneShortLine) {
  EXPECT_EQ(QuotedForHeader(""), "''");
  EXPECT_EQ(QuotedForHeader("a b~"), "'a b~'");
  EXPECT_EQ(QuotedForHeader("\"\\'\r\n\x7F\xC3\xA4"), "'%22%5C%27%0D%0A%7F%C3%A4'");
  EXPECT_EQ(QuotedForHeader(std::string(64, 'x')), "'" + std::string(64, 'x') + "'");
  EXPECT_EQ(QuotedForHeader(std::string(65, 'x')), "'" + std::string(64, 'x') + "...'");
}

std::string Rules(const std::vector<std::string>& texts) {
  const auto rules = ParseLabelRules(texts);
  if (const auto* const problem = std::get_if<std::string>(&rules)) return *problem;
  std::string all;
  for (const LabelRule& rule : std::get<std::vector<LabelRule>>(rules))
    all.append(rule.claim.shown()).append("=").append(rule.key).append(";");
  return all;
}

TEST(LabelRulesTest, Parses) {
  EXPECT_EQ(Rules({}), "");
  EXPECT_EQ(Rules({"tier=tier", "realm_access.roles=roles", "https://example.com/role=role-1.a_b", "a=b=c"}),
            "'tier'=tier;'realm_access.roles'=roles;'https://example.com/role'=role-1.a_b;'a=b'=c;");
}

TEST(LabelRulesTest, NamesTheRuleThatIsWrong) {
  EXPECT_EQ(Rules({"a=b", "tier"}), "'tier': must be CLAIM=LABEL");
  EXPECT_EQ(Rules({""}), "'': must be CLAIM=LABEL");
  EXPECT_EQ(Rules({"=tier"}), "'=tier': the claim has an empty name");
  EXPECT_EQ(Rules({"a..b=tier"}), "'a..b=tier': the claim has an empty name");
  for (const std::string key : {"", "Tier", "a b", "\xC3\xA4"})
    EXPECT_THAT(Rules({"tier=" + key}), HasSubstr("the label must have 1 to 63 characters of [a-z0-9_.-]"))
        << key;
  EXPECT_THAT(Rules({"tier=" + std::string(64, 'a')}), HasSubstr("the label must have 1 to 63 characters"));
  EXPECT_EQ(Rules({"tier=" + std::string(63, 'a')}), "'tier'=" + std::string(63, 'a') + ";");
  EXPECT_EQ(Rules({"a=x", "b=x"}), "'b=x': another rule sets this label too");
}

TEST(LabelRulesTest, AConnectionHasAtMost32) {
  std::vector<std::string> texts;
  texts.reserve(33);
  for (int i = 0; i < 32; ++i) texts.push_back("a=l" + std::to_string(i));
  EXPECT_THAT(Rules(texts), HasSubstr("'a'=l31;"));
  texts.emplace_back("a=more");
  EXPECT_EQ(Rules(texts), "there are 33 labels: at most 32 are allowed");
}

// The label of the claim "c" with this value, "no label", or why the token is refused.
std::string LabelOf(const std::string& value) {
  const auto rules = std::get<std::vector<LabelRule>>(ParseLabelRules({"c=x"}));
  const auto labels = MakeLabels(rules, Object(R"({"c":)" + value + "}"));
  if (const auto* const problem = std::get_if<std::string>(&labels)) return "refused: " + *problem;
  const auto& made = std::get<Labels>(labels);
  return made.empty() ? "no label" : made.front().first + "=" + made.front().second;
}

TEST(MakeLabelsTest, ScalarsBecomeText) {
  EXPECT_EQ(LabelOf(R"("gold")"), "x=gold");
  EXPECT_EQ(LabelOf(R"("")"), "x=");
  EXPECT_EQ(LabelOf(R"("a,b \u00e4")"), "x=a,b \xC3\xA4");
  EXPECT_EQ(LabelOf("true"), "x=true");
  EXPECT_EQ(LabelOf("false"), "x=false");
  EXPECT_EQ(LabelOf("-7"), "x=-7");
  EXPECT_EQ(LabelOf("18446744073709551615"), "x=18446744073709551615");
  EXPECT_EQ(LabelOf("0.1"), "x=0.1");
  EXPECT_EQ(LabelOf("1e30"), "x=1e+30");
  EXPECT_EQ(LabelOf("null"), "no label");
}

TEST(MakeLabelsTest, AnArrayOfStringsIsJoined) {
  EXPECT_EQ(LabelOf(R"(["admin","ops"])"), "x=admin,ops");
  EXPECT_EQ(LabelOf(R"(["admin"])"), "x=admin");
  EXPECT_EQ(LabelOf(R"(["",""])"), "x=,");
  EXPECT_EQ(LabelOf("[]"), "x=");
}

TEST(MakeLabelsTest, RefusesWhatCannotBeOneValue) {
  const std::string reason =
      "refused: the claim 'c' must be a string, a number, a boolean or an array of strings without commas";
  EXPECT_EQ(LabelOf("{}"), reason);
  EXPECT_EQ(LabelOf("[1]"), reason);
  EXPECT_EQ(LabelOf(R"(["a",["b"]])"), reason);
  EXPECT_EQ(LabelOf(R"(["a",null])"), reason);
  EXPECT_EQ(LabelOf(R"(["user,admin"])"), reason);
}

TEST(MakeLabelsTest, AValueHasAtMost256Bytes) {
  EXPECT_EQ(LabelOf("\"" + std::string(256, 'v') + "\""), "x=" + std::string(256, 'v'));
  EXPECT_EQ(LabelOf("\"" + std::string(257, 'v') + "\""),
            "refused: the claim 'c' makes a label of 257 bytes: at most 256 are allowed");
  EXPECT_EQ(LabelOf("[\"" + std::string(200, 'v') + "\",\"" + std::string(100, 'w') + "\"]"),
            "refused: the claim 'c' makes a label of 301 bytes: at most 256 are allowed");
}

}  // namespace
}  // namespace drawbridge
