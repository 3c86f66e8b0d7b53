// Lets tokens that clients carry be made by nobody but this process.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_SEALING_KEY_H_
#define DRAWBRIDGE_SERVICES_CONTROL_SEALING_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace drawbridge {

// Immutable: any thread; never blocks. Throws std::runtime_error where OpenSSL does not work.
class SealingKey {
 public:
  using Bytes = std::array<unsigned char, 32>;
  static constexpr size_t kSealSize = 16;  // of SHA-256's 32: still nothing that can be guessed

  // Of the operating system's entropy.
  SealingKey();
  explicit SealingKey(const Bytes& bytes) : bytes_(bytes) {}

  // `payload` with a seal behind it. `context` is what it belongs to and is not in it. Payloads of one kind
  // of token are of one length, or payload and context could be confused.
  std::string Seal(std::string_view payload, std::string_view context) const;

  // Whether Seal has made it, for the same context.
  bool IsSealed(std::string_view sealed, std::string_view context) const;

 private:
  Bytes bytes_;
};

// Big-endian, of 8 bytes: parts of payloads and contexts.
std::string BytesOf(uint64_t number);
// Of the first 8 bytes, which must be there.
uint64_t NumberOf(std::string_view bytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_SEALING_KEY_H_
