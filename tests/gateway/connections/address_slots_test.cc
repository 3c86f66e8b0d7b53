#include "gateway/connections/address_slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string_view>
#include <thread>
#include <vector>

namespace drawbridge {
namespace {

IpAddress Ip(std::string_view text) { return IpAddress::Parse(text).value(); }

TEST(AddressSlotsTest, EachAddressHasItsOwnNumber) {
  AddressSlots slots(2);
  const auto a1 = slots.Take(Ip("192.0.2.1"));
  const auto a2 = slots.Take(Ip("192.0.2.1"));
  EXPECT_TRUE(a1.has_value() && a2.has_value());
  EXPECT_FALSE(slots.Take(Ip("192.0.2.1")).has_value());
  EXPECT_TRUE(slots.Take(Ip("192.0.2.2")).has_value());
}

TEST(AddressSlotsTest, ASlotComesBackWhenItDiesOrIsReleasedOnce) {
  AddressSlots slots(1);
  auto slot = slots.Take(Ip("192.0.2.1"));
  AddressSlot moved = std::move(slot).value();
  slot = std::nullopt;
  EXPECT_FALSE(slots.Take(Ip("192.0.2.1")).has_value());
  moved.Release();
  moved.Release();
  EXPECT_EQ(slots.size(), 0u);
  moved = *slots.Take(Ip("192.0.2.1"));
  moved = *slots.Take(Ip("192.0.2.2"));  // releases the first one
  EXPECT_EQ(slots.size(), 1u);
  EXPECT_TRUE(slots.Take(Ip("192.0.2.1")).has_value());
}

TEST(AddressSlotsTest, AnIpv6ClientIsItsSixtyFourBits) {
  AddressSlots slots(1);
  const auto slot = slots.Take(Ip("2001:db8:0:1::1"));
  EXPECT_FALSE(slots.Take(Ip("2001:db8:0:1:ffff:ffff:ffff:ffff")).has_value());
  EXPECT_TRUE(slots.Take(Ip("2001:db8:0:2::1")).has_value());
}

TEST(AddressSlotsTest, RemembersNobodyWhoIsGone) {
  AddressSlots slots(1);
  for (int i = 0; i < 256; ++i) {
    for (int j = 0; j < 256; ++j) {
      EXPECT_TRUE(slots.Take(Ip("10.0." + std::to_string(i) + "." + std::to_string(j))).has_value());
    }
  }
  const auto kept = slots.Take(Ip("10.0.0.0"));
  EXPECT_FALSE(slots.Take(Ip("10.0.0.0")).has_value());
  EXPECT_EQ(slots.size(), 1u);
}

TEST(AddressSlotsTest, WithoutALimitNothingIsCounted) {
  AddressSlots slots(0);
  std::vector<AddressSlot> taken;
  taken.reserve(100);
  for (int i = 0; i < 100; ++i) taken.push_back(slots.Take(Ip("192.0.2.1")).value());
  EXPECT_EQ(slots.size(), 0u);
}

TEST(AddressSlotsTest, TheLimitHoldsWhileManyThreadsTakeAndReturn) {
  constexpr size_t kLimit = 3;
  AddressSlots slots(kLimit);
  std::atomic<size_t> held = 0;
  std::atomic<bool> exceeded = false;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 5'000; ++turn) {
        const auto slot = slots.Take(Ip("192.0.2.1"));
        if (!slot.has_value()) continue;
        if (held.fetch_add(1) >= kLimit) exceeded = true;
        held.fetch_sub(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(slots.size(), 0u);
}

}  // namespace
}  // namespace drawbridge
