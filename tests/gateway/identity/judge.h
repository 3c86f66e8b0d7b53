// Verifies a token in a test and states the outcome as a line, after checking what is true of every outcome.
#ifndef DRAWBRIDGE_TESTS_GATEWAY_IDENTITY_JUDGE_H_
#define DRAWBRIDGE_TESTS_GATEWAY_IDENTITY_JUDGE_H_

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/identity/key_set.h"
#include "gateway/identity/token_verifier.h"

namespace drawbridge {

inline constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

inline KeySet ParseKeys(const std::string& text) {
  auto set = KeySet::Parse(text);
  if (const auto* const problem = std::get_if<std::string>(&set)) {
    ADD_FAILURE() << *problem;
    return std::get<KeySet>(KeySet::Parse(R"({"keys":[]})"));
  }
  return std::get<KeySet>(std::move(set));
}

// What is true of every refusal, whatever the token is.
inline void CheckRefusal(const TokenRefusal& refusal, std::string_view token) {
  EXPECT_FALSE(refusal.text.empty());
  EXPECT_LE(refusal.text.size(), kMaxRefusalBytes);
  // error_description of RFC 6750, section 3.
  EXPECT_TRUE(std::ranges::all_of(refusal.text, [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  })) << refusal.text;
  const std::string_view signature = token.substr(token.rfind('.') + 1);
  if (signature.size() > 8) {
    EXPECT_EQ(refusal.text.find(signature), std::string::npos) << refusal.text;
  }
}

// "principal PRINCIPAL" of a token that is accepted, else "RULE: TEXT", with " (newer keys?)" where these
// could help.
inline std::string Judge(std::string_view token, const KeySet& keys, const TokenRules& rules = {},
                         WallTime now = kNow) {
  const auto outcome = Verify(token, keys, rules, now);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (const auto* const claims = std::get_if<Claims>(&outcome)) return "principal " + claims->principal;
  const auto& refusal = std::get<TokenRefusal>(outcome);
  CheckRefusal(refusal, token);
  return std::string(NameOf(refusal.rule)) + ": " + refusal.text +
         (refusal.may_need_newer_keys ? " (newer keys?)" : "");
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_GATEWAY_IDENTITY_JUDGE_H_
