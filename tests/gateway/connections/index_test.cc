// The index holds each added key, counts keys that were added twice, and removes keys.
#include "gateway/connections/index.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

using Sequences = std::vector<uint64_t>;
const IndexKey kAlice = IndexKey::OfPrincipal("alice");

TEST(IndexTest, FindsInOrderBehindAPlace) {
  Index index;
  for (const uint64_t sequence : {5, 1, 9, 7, 3}) index.Add(kAlice, sequence);
  index.Add(IndexKey::OfPrincipal("bob"), 4);
  EXPECT_EQ(index.Find(kAlice, 0, 10), (Sequences{1, 3, 5, 7, 9}));
  EXPECT_EQ(index.Find(kAlice, 3, 2), (Sequences{5, 7}));
  EXPECT_EQ(index.Find(kAlice, 9, 2), Sequences());
  EXPECT_EQ(index.Find(kAlice, 0, 0), Sequences());
  EXPECT_EQ(index.Count(kAlice), 5U);
}

TEST(IndexTest, KeysOfDifferentKindsAreDifferent) {
  Index index;
  index.Add(IndexKey::OfLabel("tier", "gold"), 1);
  for (const IndexKey& other : {IndexKey::OfPrincipal("tier=gold"), IndexKey::OfLabel("tier", "gold="),
                                IndexKey::OfLabel("tier", ""), IndexKey::OfPrincipal("gold")}) {
    EXPECT_EQ(index.Count(other), 0U) << other.text();
    EXPECT_EQ(index.Find(other, 0, 10), Sequences()) << other.text();
  }
}

TEST(IndexTest, WhoWasAddedTwiceIsRemovedTwice) {
  Index index;
  index.Add(kAlice, 1);
  index.Add(kAlice, 1);
  EXPECT_EQ(index.Count(kAlice), 1U);
  index.Remove(kAlice, 1);
  EXPECT_EQ(index.Find(kAlice, 0, 10), Sequences{1});
  index.Remove(kAlice, 1);
  EXPECT_EQ(index.Count(kAlice), 0U);
}

TEST(IndexTest, RemovingWhoIsNotThereIsNothing) {
  Index index;
  index.Remove(kAlice, 1);
  index.Add(kAlice, 2);
  index.Remove(kAlice, 1);
  EXPECT_EQ(index.Find(kAlice, 0, 10), Sequences{2});
}

TEST(IndexTest, ManyKeys) {
  Index index;
  for (uint64_t i = 1; i <= 1000; ++i) index.Add(IndexKey::OfPrincipal(std::to_string(i % 100)), i);
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(index.Count(IndexKey::OfPrincipal(std::to_string(i))), 10U);
}

}  // namespace
}  // namespace drawbridge
