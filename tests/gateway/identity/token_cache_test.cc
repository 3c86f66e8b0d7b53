// Which verified tokens are remembered, and for how long.
#include "gateway/identity/token_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace drawbridge {
namespace {

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

IdentityPointer Until(WallTime expire_time, const std::string& principal = "alice") {
  const boost::intrusive_ptr<Attributes> attributes(new Attributes);
  attributes->expire_time = expire_time;
  return std::make_shared<const ClientIdentity>(
      ClientIdentity{.principal = principal, .attributes = attributes});
}

TEST(TokenCacheTest, TheDigestIsSha256) {
  const TokenDigest digest = DigestOf("abc");
  EXPECT_EQ(digest.front(), 0xba);  // FIPS 180-4, appendix B.1
  EXPECT_EQ(digest.back(), 0xad);
}

TEST(TokenCacheTest, FindsATokenUntilItExpires) {
  TokenCache cache;
  const auto identity = Until(kNow + std::chrono::seconds(10));
  const TokenDigest digest = DigestOf("a.b.c");
  EXPECT_EQ(cache.Find(digest, {}, kNow), nullptr);
  cache.Insert(digest, {}, identity);
  EXPECT_EQ(cache.Find(digest, {}, kNow), identity);
  EXPECT_EQ(cache.Find(DigestOf("a.b.d"), {}, kNow), nullptr);
  EXPECT_EQ(cache.Find(digest, {}, kNow + std::chrono::seconds(10)), nullptr);
  EXPECT_EQ(cache.size(), 0U) << "what has expired is removed when it is met";
}

TEST(TokenCacheTest, OtherKeysOrRulesEndTheValidity) {
  TokenCache cache;
  const int rules = 0;
  const TokenDigest digest = DigestOf("a.b.c");
  const TokenBasis basis{.keys = 3, .rules = &rules};
  for (const TokenBasis& other : {TokenBasis{.keys = 4, .rules = &rules}, TokenBasis{.keys = 3}}) {
    cache.Insert(digest, basis, Until(kNow + std::chrono::hours(1)));
    EXPECT_NE(cache.Find(digest, basis, kNow), nullptr);
    EXPECT_EQ(cache.Find(digest, other, kNow), nullptr);
    EXPECT_EQ(cache.Find(digest, basis, kNow), nullptr) << "it was removed";
  }
}

TEST(TokenCacheTest, IsBounded) {
  TokenCache cache(160);
  for (int i = 0; i < 10'000; ++i)
    cache.Insert(DigestOf(std::to_string(i)), {}, Until(kNow + std::chrono::hours(1)));
  EXPECT_LE(cache.size(), 160U);
  EXPECT_GE(cache.size(), 100U);
  EXPECT_NE(cache.Find(DigestOf("9999"), {}, kNow), nullptr) << "the newest stays";
}

TEST(TokenCacheTest, ManyThreadsMayUseIt) {
  TokenCache cache(64);
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, &wrong] {
      for (int i = 0; i < 2000; ++i) {
        const std::string name = std::to_string(i % 100);
        cache.Insert(DigestOf(name), {}, Until(kNow + std::chrono::hours(1), name));
        const auto found = cache.Find(DigestOf(name), {}, kNow);
        if (found != nullptr && found->principal != name) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace drawbridge
