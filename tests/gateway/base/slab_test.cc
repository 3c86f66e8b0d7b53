// Objects do not overlap, and the memory of freed blocks is returned.
#include "gateway/base/slab.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

constexpr size_t kBytes = 456;

class SlabTest : public ::testing::Test {
 protected:
  // Takes `count` objects and fills each with a different byte.
  std::vector<void*> Take(size_t count) {
    std::vector<void*> objects;
    for (size_t i = 0; i < count; ++i) {
      objects.push_back(slab_.Take());
      std::memset(objects.back(), static_cast<int>(i % 251), kBytes);
    }
    return objects;
  }
  void Give(const std::vector<void*>& objects) {
    for (void* object : objects) slab_.Give(object);
  }
  // The slab has no blocks under AddressSanitizer.
  bool has_blocks() const { return slab_.blocks() != 0; }

  Slab slab_{kBytes};
};

TEST_F(SlabTest, ObjectsAreAlignedAndDoNotOverlap) {
  const auto objects = Take(1000);
  for (size_t i = 0; i < objects.size(); ++i) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(objects[i]) % alignof(std::max_align_t), 0u);
    const auto* bytes = static_cast<const unsigned char*>(objects[i]);
    EXPECT_TRUE(std::all_of(bytes, bytes + kBytes, [i](unsigned char c) { return c == i % 251; })) << i;
  }
  Give(objects);
}

TEST_F(SlabTest, GivesBackWhatACrowdTook) {
  Give(Take(1));
  const auto crowd = Take(10'000);
  if (has_blocks()) {
    EXPECT_GE(slab_.blocks(), 10'000 * kBytes / (64 * 1024));
    EXPECT_LE(slab_.blocks(), 10'000 * kBytes / (64 * 1024) * 11 / 10) << "little is wasted";
  }
  Give(crowd);
  EXPECT_LE(slab_.blocks(), 1u);
}

TEST_F(SlabTest, TakesWhatWasGivenBackBeforeANewBlock) {
  auto objects = Take(1000);
  const size_t blocks = slab_.blocks();
  // Frees every other object, so that no block is empty.
  for (size_t i = 0; i < objects.size(); i += 2) slab_.Give(objects[i]);
  EXPECT_EQ(slab_.blocks(), blocks);
  for (size_t i = 0; i < objects.size(); i += 2) objects[i] = slab_.Take();
  EXPECT_EQ(slab_.blocks(), blocks);
  if (has_blocks()) {
    EXPECT_EQ(std::set<void*>(objects.begin(), objects.end()).size(), objects.size());
  }
  Give(objects);
}

TEST_F(SlabTest, ServesThreadsThatFreeForEachOther) {
  constexpr int kThreads = 4;
  std::vector<std::vector<void*>> taken(kThreads);
  const auto on_threads = [](auto work) {
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([i, work] { work(i); });
    for (std::thread& thread : threads) thread.join();
  };
  for (int round = 0; round < 5; ++round) {
    on_threads([&](int i) { taken[i] = Take(500); });
    on_threads([&](int i) { Give(taken[(i + 1) % kThreads]); });
  }
  EXPECT_LE(slab_.blocks(), 1u);
}

struct Thing final : InSlab<Thing> {
  explicit Thing(int of) : value(of) {}
  int value;
};

TEST(SlabOfTest, ServesNewAndSharedPointers) {
  const auto thing = std::make_unique<Thing>(42);
  const auto shared = std::allocate_shared<Thing>(SlabAllocator<Thing>(), 43);
  EXPECT_EQ(thing->value, 42);
  EXPECT_EQ(shared->value, 43);
  const size_t blocks = SlabOf<Thing>().blocks();
  EXPECT_LE(blocks, 1u);
}

}  // namespace
}  // namespace drawbridge
