// The hash is SipHash-2-4, and every drawn key is different.
#include "gateway/base/sip_hash.h"

#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace drawbridge {
namespace {

// The test vectors of the reference implementation: the key 00 01 .. 0f, and inputs 00 01 02 ..
constexpr SipKey kKey = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

TEST(SipHashTest, GivesTheReferenceVectors) {
  EXPECT_EQ(SipHash(kKey, {}), 0x726fdb47dd0e0e31);
  EXPECT_EQ(SipHash(kKey, {0x0706050403020100}), 0x93f5f5799a932462);
  EXPECT_EQ(SipHash(kKey, {0x0706050403020100, 0x0f0e0d0c0b0a0908}), 0x3f2acc7f57c29bdb);
}

TEST(SipHashTest, EachKeyGivesOthers) {
  std::set<uint64_t> hashes;
  for (int i = 0; i < 1000; ++i) hashes.insert(SipHash(SipKey::Draw(), {1}));
  EXPECT_EQ(hashes.size(), 1000U);
}

}  // namespace
}  // namespace drawbridge
