// The key set in use: what replaces it, what does not, and when the listener is called.
#include "gateway/identity/key_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "gateway/identity/key_fetcher.h"
#include "tests/gateway/base/manual_clock.h"
#include "tests/support/patience.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

std::string SetOf(const std::string& key_id) {
  return KeySetText({SigningKey::Ed25519().Jwk("\"kid\":\"" + key_id + "\"")});
}

class KeySourceTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  KeySource source_{"test", &clock_};
};

TEST_F(KeySourceTest, HasNoKeysAtFirst) {
  EXPECT_EQ(source_.keys(), nullptr);
  EXPECT_EQ(source_.usable(), 0U);
  EXPECT_FALSE(source_.last_success().has_value());
  EXPECT_FALSE(source_.is_fetched());
  EXPECT_FALSE(source_.Request()) << "nothing fetches";
}

TEST_F(KeySourceTest, AnotherSetHasAnotherGenerationAndTheSameOneHasNot) {
  const std::string first = SetOf("a");
  EXPECT_EQ(source_.Take(first), std::nullopt);
  const auto before = source_.keys();
  clock_.Advance(seconds(5));
  EXPECT_EQ(source_.Take(first), std::nullopt);
  EXPECT_EQ(source_.keys(), before);
  EXPECT_EQ(source_.last_success(), clock_.Wall()) << "but it is known to be current";
  EXPECT_EQ(source_.Take(SetOf("b")), std::nullopt);
  EXPECT_NE(source_.keys()->generation, before->generation);
}

TEST_F(KeySourceTest, AnUnusableSetReplacesNothing) {
  source_.Take(SetOf("a"));
  const auto before = source_.keys();
  const auto taken = source_.last_success();
  clock_.Advance(seconds(5));
  for (const char* text : {"", "<html>", "[]", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AAAA"}]})"}) {
    EXPECT_NE(source_.Take(text), std::nullopt) << text;
    EXPECT_EQ(source_.keys(), before) << text;
    EXPECT_EQ(source_.last_success(), taken) << text;
  }
}

TEST_F(KeySourceTest, FetchesInTheBackgroundAndOnRequest) {
  std::vector<std::string> sets = {SetOf("a"), SetOf("b")};
  std::atomic<int> fetches = 0;
  std::atomic<int> told = 0;
  source_.OnSettled([&told] { ++told; });
  const KeyFetcher fetcher(
      &source_,
      [&](const std::stop_token&) -> KeySource::Fetched {
        const int number = fetches++;
        if (number == 1) return std::string("no route to the issuer");
        return KeySource::Answer{sets[number == 0 ? 0 : 1], seconds(3600)};
      },
      [] { return 0.0; });
  ASSERT_TRUE(WaitUntil([&] { return told == 1; }));
  const auto first = source_.keys();
  EXPECT_EQ(first->set.usable(), 1U);
  EXPECT_FALSE(source_.Request()) << "it was fetched a moment ago";

  clock_.Advance(seconds(30));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(source_.Request() || fetches == 2);
  ASSERT_TRUE(WaitUntil([&] { return told == 2; }));
  EXPECT_EQ(source_.keys(), first) << "the last good set stays";
  EXPECT_EQ(source_.fetches(false), 1U);

  clock_.Advance(seconds(30));
  EXPECT_TRUE(source_.Request());
  ASSERT_TRUE(WaitUntil([&] { return told == 3; }));
  EXPECT_NE(source_.keys(), first);
  EXPECT_EQ(fetches, 3);
  EXPECT_EQ(source_.fetches(true), 2U);
  EXPECT_EQ(source_.settled(), 3U);
}

}  // namespace
}  // namespace drawbridge
