// The map that drops what was not used for longest.
#include "gateway/base/lru_map.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge {
namespace {

TEST(LruMapTest, FindsWhatWasInserted) {
  LruMap<int, std::string> map(2);
  EXPECT_EQ(map.Find(1), nullptr);
  EXPECT_EQ(map.Insert(1, "one"), "one");
  ASSERT_NE(map.Find(1), nullptr);
  EXPECT_EQ(*map.Find(1), "one");
  map.Insert(1, "uno");
  EXPECT_EQ(*map.Find(1), "uno");
  EXPECT_EQ(map.size(), 1U);
  map.Erase(1);
  map.Erase(1);
  EXPECT_EQ(map.Find(1), nullptr);
  EXPECT_EQ(map.size(), 0U);
}

TEST(LruMapTest, DropsWhatWasNotUsedForLongest) {
  LruMap<int, int> map(2);
  map.Insert(1, 1);
  map.Insert(2, 2);
  EXPECT_NE(map.Find(1), nullptr);  // a use: 2 is the oldest now
  map.Insert(3, 3);
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.Find(2), nullptr);
  EXPECT_NE(map.Find(1), nullptr);
  EXPECT_NE(map.Find(3), nullptr);
}

TEST(LruMapTest, AReplacementDropsNothing) {
  LruMap<int, int> map(2);
  map.Insert(1, 1);
  map.Insert(2, 2);
  map.Insert(2, 3);
  EXPECT_NE(map.Find(1), nullptr);
}

}  // namespace
}  // namespace drawbridge
