// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed pseudorandom function for short inputs.
#ifndef DRAWBRIDGE_GATEWAY_BASE_SIP_HASH_H_
#define DRAWBRIDGE_GATEWAY_BASE_SIP_HASH_H_

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace drawbridge {

// A key of 128 bits.
struct SipKey {
  uint64_t low = 0;
  uint64_t high = 0;

  // Drawn from the operating system's entropy. Throws std::exception where there is none.
  static SipKey Draw() {
    std::random_device entropy;
    const auto word = [&entropy] { return (uint64_t{entropy()} << 32) | entropy(); };
    return {word(), word()};
  }
};

// The hash of 64-bit words, each taken as eight bytes in little-endian order. Thread-safe.
inline uint64_t SipHash(const SipKey& key, std::initializer_list<uint64_t> words) {
  uint64_t v0 = key.low ^ 0x736f6d6570736575;
  uint64_t v1 = key.high ^ 0x646f72616e646f6d;
  uint64_t v2 = key.low ^ 0x6c7967656e657261;
  uint64_t v3 = key.high ^ 0x7465646279746573;
  const auto rounds = [&](int count) {
    for (; count > 0; --count) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto absorb = [&](uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  for (const uint64_t word : words) absorb(word);
  absorb(uint64_t{words.size() * sizeof(uint64_t)} << 56);  // the length in bytes, modulo 256
  v2 ^= 0xff;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_SIP_HASH_H_
