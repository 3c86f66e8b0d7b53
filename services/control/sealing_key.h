// Seals tokens that clients store, so that only this process can create them.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_SEALING_KEY_H_
#define DRAWBRIDGE_SERVICES_CONTROL_SEALING_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace drawbridge {

// A key of HMAC-SHA-256. Immutable, so thread-safe; never blocks. Throws std::runtime_error if OpenSSL fails.
class SealingKey {
 public:
  using Bytes = std::array<unsigned char, 32>;
  static constexpr size_t kSealSize = 16;  // truncated from 32 bytes; 128 bits cannot be guessed

  // Uses random bytes from the operating system.
  SealingKey();
  explicit SealingKey(const Bytes& bytes) : bytes_(bytes) {}

  // Returns `payload` followed by its seal. The seal also covers `context`, which the result does not
  // contain. All payloads of one kind of token must have the same length, so that no other payload and
  // context have the same seal.
  std::string Seal(std::string_view payload, std::string_view context) const;

  // Whether Seal returned `sealed` for the same context.
  bool IsSealed(std::string_view sealed, std::string_view context) const;

 private:
  Bytes bytes_;
};

// 8 bytes, big-endian, for payloads and contexts.
std::string BytesOf(uint64_t number);
// Reads the first 8 bytes, which must exist.
uint64_t NumberOf(std::string_view bytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_SEALING_KEY_H_
