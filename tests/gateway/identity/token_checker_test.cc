// The worker that verifies tokens: its bound, what it leaves out, and how it waits for keys.
#include "gateway/identity/token_checker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/identity/token_rules.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/support/patience.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

class TokenCheckerTest : public ::testing::Test {
 protected:
  std::string Token(const std::string& principal, const std::string& key_id = "k1") const {
    return key_.TokenOf("EdDSA", key_id, fmt::format(R"({{"sub":"{}","exp":1800000000}})", principal));
  }
  void TakeKey(const std::string& key_id = "k1") {
    EXPECT_EQ(source_.Take(KeySetText({key_.Jwk(fmt::format(R"("kid":"{}")", key_id))})), std::nullopt);
  }
  TokenChecker::Job JobOf(std::string token) {
    return {.token = std::move(token),
            .rules = &rules_,
            .abandoned = abandoned_,
            .done = [this](TokenCheck check) {
              last_ = std::move(check);
              ++done_;
            }};
  }

  ManualClock clock_;
  KeySource source_{"test", &clock_};
  SigningKey key_ = SigningKey::Ed25519();
  TokenRules rules_;
  std::shared_ptr<std::atomic<bool>> abandoned_ = std::make_shared<std::atomic<bool>>(false);
  TokenCheck last_;  // to be read after `done_`
  std::atomic<int> done_ = 0;
};

TEST_F(TokenCheckerTest, VerifiesOnceAndRemembers) {
  TakeKey();
  TokenChecker checker(&source_, &clock_);
  const std::string token = Token("alice");
  EXPECT_EQ(checker.FindVerified(token, rules_), nullptr);
  ASSERT_TRUE(checker.Submit(JobOf(token)));
  ASSERT_TRUE(WaitUntil([&] { return done_ == 1; }));
  ASSERT_NE(last_.identity, nullptr);
  EXPECT_EQ(last_.identity->principal, "alice");
  EXPECT_EQ(checker.FindVerified(token, rules_), last_.identity);
  const TokenRules others;
  EXPECT_EQ(checker.FindVerified(token, others), nullptr) << "by other rules it may not be valid";
  EXPECT_EQ(checker.counts().verified, 1U);
  EXPECT_EQ(checker.counts().cached, 1U);
}

TEST_F(TokenCheckerTest, ATokenOfAnotherPrincipalIsRefusedWhereOneIsDemanded) {
  TakeKey();
  TokenChecker checker(&source_, &clock_);
  auto job = JobOf(Token("alice"));
  job.principal = "bob";
  ASSERT_TRUE(checker.Submit(std::move(job)));
  ASSERT_TRUE(WaitUntil([&] { return done_ == 1; }));
  ASSERT_TRUE(last_.refusal.has_value());
  EXPECT_EQ(last_.refusal->rule, TokenRule::kPrincipal);
}

TEST_F(TokenCheckerTest, WithoutKeysThereIsNeitherIdentityNorRefusal) {
  TokenChecker checker(&source_, &clock_);
  ASSERT_TRUE(checker.Submit(JobOf(Token("alice"))));
  ASSERT_TRUE(WaitUntil([&] { return done_ == 1; }));
  EXPECT_EQ(last_.identity, nullptr);
  EXPECT_FALSE(last_.refusal.has_value());
  EXPECT_EQ(checker.counts().no_keys, 1U);
}

TEST_F(TokenCheckerTest, WaitsForTheFetchAndIsBoundedMeanwhile) {
  source_.StartFetching([] { return 0.0; });  // this test is the thread that fetches
  TokenChecker checker(&source_, &clock_, /*max_waiting=*/3);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(checker.Submit(JobOf(Token("alice", "k2"))));
  EXPECT_FALSE(checker.Submit(JobOf(Token("alice"))));
  EXPECT_EQ(checker.counts().busy, 1U);
  ASSERT_TRUE(source_.AwaitFetch({}));
  EXPECT_EQ(done_, 0);
  source_.EndFetch(KeySource::Answer{KeySetText({key_.Jwk(R"("kid":"k2")")}), std::nullopt});
  ASSERT_TRUE(WaitUntil([&] { return done_ == 3; }));
  EXPECT_NE(last_.identity, nullptr);
  EXPECT_EQ(checker.waiting(), 0U);
}

TEST_F(TokenCheckerTest, WaitsOnlyOnce) {
  TakeKey();
  source_.StartFetching([] { return 0.0; });
  TokenChecker checker(&source_, &clock_);
  ASSERT_TRUE(checker.Submit(JobOf(Token("alice", "k2"))));
  ASSERT_TRUE(source_.AwaitFetch({}));
  ASSERT_TRUE(WaitUntil([&] { return checker.waiting() == 1; }));
  source_.EndFetch(std::string("no route"));
  ASSERT_TRUE(WaitUntil([&] { return done_ == 1; }));
  EXPECT_EQ(last_.refusal->rule, TokenRule::kUnknownKey);
}

// Does something when it is first asked for the calendar time.
class HookedClock final : public Clock {
 public:
  explicit HookedClock(std::function<void()> hook) : hook_(std::move(hook)) {}
  SteadyTime Steady() const override { return clock_.Steady(); }
  WallTime Wall() const override {
    if (const auto hook = std::exchange(hook_, nullptr)) hook();
    return clock_.Wall();
  }

 private:
  ManualClock clock_;
  mutable std::function<void()> hook_;
};

TEST_F(TokenCheckerTest, KeysThatComeDuringTheCheckAreUsed) {
  TakeKey();
  source_.StartFetching([] { return 0.0; });
  const HookedClock clock([this] {
    source_.EndFetch(KeySource::Answer{KeySetText({key_.Jwk(R"("kid":"k2")")}), std::nullopt});
  });
  TokenChecker checker(&source_, &clock);  // asks for the time once it has read the keys
  ASSERT_TRUE(source_.AwaitFetch({}));
  ASSERT_TRUE(checker.Submit(JobOf(Token("alice", "k2"))));
  ASSERT_TRUE(WaitUntil([&] { return done_ == 1; }));
  EXPECT_NE(last_.identity, nullptr) << "although no further fetch may begin for 30 seconds";
}

TEST_F(TokenCheckerTest, WhatIsAbandonedIsLeftOut) {
  source_.StartFetching([] { return 0.0; });
  TokenChecker checker(&source_, &clock_);
  ASSERT_TRUE(checker.Submit(JobOf(Token("alice"))));
  ASSERT_TRUE(source_.AwaitFetch({}));
  ASSERT_TRUE(WaitUntil([&] { return checker.waiting() == 1; }));
  *abandoned_ = true;
  abandoned_ = std::make_shared<std::atomic<bool>>(false);
  TakeKey();
  source_.EndFetch(std::string("no route"));
  ASSERT_TRUE(checker.Submit(JobOf(Token("bob"))));
  ASSERT_TRUE(WaitUntil([&] { return done_ == 1; }));
  EXPECT_EQ(last_.identity->principal, "bob");
  EXPECT_EQ(checker.waiting(), 0U);
  EXPECT_EQ(checker.counts().verified, 1U);
}

TEST_F(TokenCheckerTest, EndsWithChecksThatWait) {
  source_.StartFetching([] { return 0.0; });
  {
    TokenChecker checker(&source_, &clock_);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(checker.Submit(JobOf(Token("alice"))));
  }
  source_.EndFetch(std::string("no route"));  // rings a checker that is gone
  EXPECT_EQ(done_, 0);
}

}  // namespace
}  // namespace drawbridge
