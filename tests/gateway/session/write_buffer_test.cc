// No data is lost when the buffer grows, and memory for a large message is released later.
#include "gateway/session/write_buffer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/gateway/session/counted_memory.h"

namespace drawbridge {
namespace {

void Append(WriteBuffer& buffer, std::string_view bytes) {
  std::ranges::copy(bytes, buffer.Extend(bytes.size()));
}

TEST(WriteBufferTest, KeepsWhatIsThereWhileItGrows) {
  WriteBuffer buffer;
  std::string expected;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.view(), "");
  for (size_t size = 0; size < 3000; size += 7) {
    const std::string piece(size, static_cast<char>('a' + size % 26));
    Append(buffer, piece);
    expected += piece;
    ASSERT_EQ(buffer.view(), expected);
  }
  EXPECT_FALSE(buffer.empty());
}

TEST(WriteBufferTest, OneFrameMayBeLargerThanTwiceAllBeforeIt) {
  WriteBuffer buffer;
  Append(buffer, "small");
  const std::string large(5'000'000, 'x');
  Append(buffer, large);
  EXPECT_EQ(buffer.view(), "small" + large);
}

std::string Gathered(const WriteBuffer& buffer, size_t pieces) {
  std::vector<iovec> room(pieces);
  std::string all;
  for (const iovec& piece : buffer.Gather(room))
    all.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  return all;
}

TEST(WriteBufferTest, WhatLiesBesideIsSentInItsPlaceAndNotCopied) {
  WriteBuffer buffer;
  const auto shared = std::make_shared<const std::string>("shared");
  Append(buffer, "a<");
  buffer.AddMark(shared, Receipt(), true);
  Append(buffer, "inside");
  buffer.AddMark(shared, Receipt(), false);
  Append(buffer, "<");
  buffer.AddMark(shared, Receipt(), true);
  buffer.AddMark(std::make_shared<const std::string>(), Receipt(), true);
  EXPECT_EQ(buffer.view(), "a<inside<");
  EXPECT_EQ(buffer.size(), buffer.view().size() + 2 * shared->size());
  EXPECT_EQ(Gathered(buffer, 10), "a<sharedinside<shared");
  Append(buffer, ">");
  EXPECT_EQ(Gathered(buffer, 10), "a<sharedinside<shared>");
  EXPECT_EQ(Gathered(buffer, 3), "a<sharedinside<") << "as far as there is room";
  EXPECT_EQ(shared.use_count(), 4);
  buffer.Clear();
  EXPECT_EQ(shared.use_count(), 1);
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(Gathered(buffer, 10), "");
}

TEST(WriteBufferTest, BeginsAnewAfterClear) {
  WriteBuffer buffer;
  Append(buffer, "old");
  buffer.Clear();
  EXPECT_TRUE(buffer.empty());
  Append(buffer, "new");
  EXPECT_EQ(buffer.view(), "new");
}

TEST(WriteBufferTest, OrdinaryMessagesCauseNoAllocation) {
  WriteBuffer buffer;
  Append(buffer, std::string(100'000, 'x'));
  buffer.Clear();
  const std::string message(100'000, 'y');
  const size_t before = Allocations();
  for (int i = 0; i < 100; ++i) {
    Append(buffer, message);
    buffer.Clear();
  }
  EXPECT_EQ(Allocations(), before);
}

TEST(WriteBufferTest, GivesTheMemoryOfABigMessageBack) {
  const std::string big(8'000'000, 'x');
  const size_t before = LiveBytes();
  WriteBuffer buffer;
  Append(buffer, big);
  const size_t full = LiveBytes();
  const std::string copy(buffer.view());
  const size_t copied = LiveBytes();
  buffer.Clear();
  const size_t cleared = LiveBytes();
  EXPECT_EQ(copy, big);
  EXPECT_GE(full - before, big.size());
  EXPECT_EQ(copied - cleared, full - before);
}

}  // namespace
}  // namespace drawbridge
