// The ring is small, so that it stays in the generator's CPU cache.
#include "tools/bench/load/traffic.h"

#include <algorithm>
#include <random>

#include "tools/bench/wire/frame.h"

namespace drawbridge::bench {
namespace {

constexpr size_t kRingBytes = 64 << 10;
constexpr size_t kMinRing = 5;  // odd, so that it is not a multiple of the batch size
constexpr size_t kMaxRing = 255;

size_t RingSize(size_t payload_size) {
  return std::clamp(kRingBytes / std::max<size_t>(payload_size, 1), kMinRing, kMaxRing) | 1;
}

std::string RandomPayload(size_t size, bool text, std::mt19937_64& random) {
  std::string payload(size, '\0');
  for (char& c : payload) {
    c = static_cast<char>(text ? ' ' + random() % ('~' - ' ' + 1) : random());
  }
  return payload;
}

std::string Mask(std::string_view payload, const char* mask) {
  std::string masked(payload.size(), '\0');
  ApplyMask(masked.data(), payload.data(), payload.size(), mask);
  return masked;
}

}  // namespace

Traffic::Traffic(size_t payload_size, bool text, size_t batch, size_t ring)
    : payload_size_(payload_size),
      opcode_(text ? kText : kBinary),
      ring_(ring != 0 ? ring : RingSize(payload_size)),
      batch_(batch) {
  std::mt19937_64 random(6455);  // NOLINT(cert-msc51-cpp): the same traffic for every server
  const uint8_t first = 0x80 | opcode_;
  for (size_t i = 0; i < ring_; ++i) {
    const std::string payload = RandomPayload(payload_size, text, random);
    const uint64_t mask_bits = random();
    const char* mask = reinterpret_cast<const char*>(&mask_bits);
    char header[kMaxHeaderSize];
    frames_.append(header, WriteFrameHeader(header, first, payload_size, /*masked=*/true));
    frames_.append(mask, kMaskSize).append(Mask(payload, mask));
    echoes_.append(header, WriteFrameHeader(header, first, payload_size)).append(payload);
  }
  frame_size_ = frames_.size() / ring_;
  echo_size_ = echoes_.size() / ring_;
  const std::string round = frames_;
  while (frames_.size() < (ring_ + batch) * frame_size_) frames_ += round;
}

}  // namespace drawbridge::bench
