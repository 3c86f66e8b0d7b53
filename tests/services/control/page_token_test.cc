// A page token is valid only for the list that returned it.
#include "services/control/page_token.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

constexpr PageTokens::Key kKey = {1, 2, 3};
const ListQuery kQuery{.incarnation = "abcd1234", .filter = "tls = true", .show_closed = false};

TEST(PageTokenTest, ReadsWhatItMade) {
  const PageTokens tokens(kKey);
  for (const uint64_t sequence : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40, UINT64_MAX}) {
    const std::string token = tokens.Make(kQuery, sequence);
    EXPECT_EQ(tokens.Read(kQuery, token), sequence);
    EXPECT_EQ(PageTokens(kKey).Read(kQuery, token), sequence) << "the key alone matters";
  }
}

TEST(PageTokenTest, BelongsToOneQuery) {
  const PageTokens tokens(kKey);
  const std::string token = tokens.Make(kQuery, 7);
  ListQuery other = kQuery;
  other.incarnation = "abcd1235";
  EXPECT_EQ(tokens.Read(other, token), std::nullopt);
  other = kQuery;
  other.filter = "tls = false";
  EXPECT_EQ(tokens.Read(other, token), std::nullopt);
  other = kQuery;
  other.show_closed = true;
  EXPECT_EQ(tokens.Read(other, token), std::nullopt);
}

TEST(PageTokenTest, FieldsOfAQueryDoNotRunTogether) {
  const PageTokens tokens(kKey);
  const ListQuery one{.incarnation = "ab", .filter = "0cd"};
  const ListQuery two{.incarnation = "ab0", .filter = "cd"};
  EXPECT_EQ(tokens.Read(two, tokens.Make(one, 7)), std::nullopt);
}

TEST(PageTokenTest, BelongsToOneKey) {
  EXPECT_EQ(PageTokens().Read(kQuery, PageTokens(kKey).Make(kQuery, 7)), std::nullopt);
  EXPECT_EQ(PageTokens().Read(kQuery, PageTokens().Make(kQuery, 7)), std::nullopt);
}

TEST(PageTokenTest, RefusesEveryOtherText) {
  const PageTokens tokens(kKey);
  const std::string token = tokens.Make(kQuery, 7);
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ";
  for (size_t i = 0; i < token.size(); ++i) {
    for (const char c : alphabet) {
      std::string tampered = token;
      tampered[i] = c;
      EXPECT_EQ(tokens.Read(kQuery, tampered).has_value(), tampered == token) << tampered;
    }
    EXPECT_EQ(tokens.Read(kQuery, token.substr(i + 1)), std::nullopt);
    EXPECT_EQ(tokens.Read(kQuery, token.substr(0, i)), std::nullopt);
  }
  for (const std::string& text : {token + "A", token + "=", token + token, " " + token,
                                  std::string(5000, 'A'), std::string(token.size(), '\0')}) {
    EXPECT_EQ(tokens.Read(kQuery, text), std::nullopt);
  }
}

TEST(PageTokenTest, IsUnlikeItsNeighbour) {
  const PageTokens tokens(kKey);
  std::set<std::string> macs;
  for (uint64_t sequence = 0; sequence < 100; ++sequence)
    macs.insert(tokens.Make(kQuery, sequence).substr(11));  // the part after the sequence
  EXPECT_EQ(macs.size(), 100U);
}

}  // namespace
}  // namespace drawbridge
