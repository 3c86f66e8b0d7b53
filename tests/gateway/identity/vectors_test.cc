// Tokens made by other libraries are accepted, each with every algorithm that the library has (see
// vectors/make_*).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "gateway/identity/strict_json.h"
#include "gateway/identity/token_verifier.h"
#include "tests/gateway/identity/judge.h"

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

struct Library {
  std::string name;
  size_t algorithms;
};

// The name of a test.
void PrintTo(const Library& library, std::ostream* out) { *out << library.name; }

class VectorsTest : public ::testing::TestWithParam<Library> {
 public:
  VectorsTest() {
    std::ifstream file("tests/gateway/identity/vectors/" + GetParam().name + ".json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    vectors_ = std::get<boost::json::object>(ParseStrictJson(text));
  }

 protected:
  const boost::json::object& tokens() const { return vectors_.at("tokens").get_object(); }
  KeySet Keys() const {
    return ParseKeys(boost::json::serialize(boost::json::object{{"keys", vectors_.at("keys")}}));
  }
  static TokenRules Rules() {
    TokenRules rules{.issuer = "https://issuer.example", .audiences = {"chat"}};
    rules.labels = std::get<std::vector<LabelRule>>(ParseLabelRules({"realm_access.roles=roles"}));
    return rules;
  }

  boost::json::object vectors_;
};

TEST_P(VectorsTest, EachTokenIsAccepted) {
  const KeySet keys = Keys();
  EXPECT_EQ(keys.usable(), GetParam().algorithms);
  EXPECT_EQ(tokens().size(), GetParam().algorithms);
  for (const auto& [algorithm, token] : tokens()) {
    const auto outcome = Verify(token.get_string(), keys, Rules(), kNow);
    ASSERT_TRUE(std::holds_alternative<Claims>(outcome))
        << algorithm << ": " << std::get<TokenRefusal>(outcome).text;
    const auto& claims = std::get<Claims>(outcome);
    EXPECT_EQ(claims.principal, "alice");
    EXPECT_EQ(claims.token_id, GetParam().name + "-" + std::string(algorithm));
    EXPECT_EQ(claims.expire_time, WallTime(std::chrono::seconds(4'102'444'800)));
    EXPECT_THAT(claims.labels, ElementsAre(Pair("roles", "user,admin")));
  }
}

TEST_P(VectorsTest, NoTokenIsAcceptedWithTheSignatureOfAnother) {
  const KeySet keys = Keys();
  for (const auto& [algorithm, value] : tokens()) {
    const std::string token(value.get_string());
    for (const auto& [other, other_value] : tokens()) {
      const std::string other_token(other_value.get_string());
      if (algorithm == other) continue;
      const std::string mixed =
          token.substr(0, token.rfind('.')) + other_token.substr(other_token.rfind('.'));
      EXPECT_THAT(Judge(mixed, keys, Rules()), StartsWith("signature: ")) << algorithm << " " << other;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Libraries, VectorsTest,
                         ::testing::Values(Library{"pyjwt", 10}, Library{"jose", 11},
                                           Library{"golang_jwt", 10}, Library{"nimbus", 10}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace drawbridge
