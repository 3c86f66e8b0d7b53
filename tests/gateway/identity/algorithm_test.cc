// Flags can allow the ten algorithms, and no others.
#include "gateway/identity/algorithm.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace drawbridge {
namespace {

std::string Parse(const std::string& list) {
  const auto parsed = ParseAlgorithms(list);
  if (const auto* const set = std::get_if<AlgorithmSet>(&parsed)) return set->ToString();
  return "refused: " + std::get<std::string>(parsed);
}

constexpr char kAll[] = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA";

TEST(AlgorithmTest, ParsesLists) {
  EXPECT_EQ(Parse("RS256,ES256"), "RS256, ES256");
  EXPECT_EQ(Parse(" EdDSA , PS512 "), "PS512, EdDSA");
  EXPECT_EQ(Parse("ES256,ES256"), "ES256");
  EXPECT_EQ(Parse("Ed25519"), "EdDSA");
  EXPECT_EQ(Parse(kAll), kAll);
  EXPECT_EQ(AlgorithmSet::All().ToString(), kAll);
  EXPECT_EQ(AlgorithmSet().ToString(), "");
}

TEST(AlgorithmTest, NamesTheEntryThatIsWrong) {
  for (const std::string name :
       {"HS256", "HS384", "HS512", "none", "rs256", "ES256K", "RSA-OAEP", "ML-DSA-44", "EdDsa", ""}) {
    EXPECT_EQ(Parse("RS256," + name), "refused: '" + name + "' is not possible: must be of " + kAll);
  }
  EXPECT_EQ(Parse(""), std::string("refused: '' is not possible: must be of ") + kAll);
  EXPECT_EQ(Parse("RS256 ES256"), std::string("refused: 'RS256 ES256' is not possible: must be of ") + kAll);
}

TEST(AlgorithmTest, EachHasItsNameAndAPlaceInTheSet) {
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    EXPECT_EQ(FindAlgorithm(InfoOf(algorithm).name), algorithm);
    AlgorithmSet set;
    EXPECT_FALSE(set.Contains(algorithm));
    set.Add(algorithm);
    EXPECT_TRUE(set.Contains(algorithm));
    EXPECT_EQ(set.ToString(), InfoOf(algorithm).name);
    EXPECT_TRUE(AlgorithmSet::All().Contains(algorithm));
  }
}

}  // namespace
}  // namespace drawbridge
