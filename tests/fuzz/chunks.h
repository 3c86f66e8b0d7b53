// Cuts a fuzzer's input into pieces that the input itself chooses.
#ifndef DRAWBRIDGE_TESTS_FUZZ_CHUNKS_H_
#define DRAWBRIDGE_TESTS_FUZZ_CHUNKS_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace drawbridge {

// Sizes of pieces, the same for the same seed: always 1 byte for seed 0, else anything up to about the seed.
class Chunks {
 public:
  explicit Chunks(uint8_t seed) : most_(size_t{seed} + 1), state_(seed) {}
  size_t Next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return 1 + static_cast<size_t>(state_ >> 33) % most_;
  }

 private:
  const size_t most_;
  uint64_t state_;
};

// Ends the program so that the fuzzer keeps the input.
[[noreturn]] inline void Broken(const std::string& what) {
  std::fprintf(stderr, "BROKEN: %s\n", what.c_str());
  std::abort();
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_FUZZ_CHUNKS_H_
