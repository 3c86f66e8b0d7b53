#include "services/control/sealing_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace drawbridge {

SealingKey::SealingKey() : bytes_() {
  if (::RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) != 1)
    throw std::runtime_error("tokens: cannot get random bytes from the operating system");
}

std::string SealingKey::Seal(std::string_view payload, std::string_view context) const {
  std::string message(payload);
  message.append(context);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  if (::HMAC(EVP_sha256(), bytes_.data(), static_cast<int>(bytes_.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(),
             nullptr) == nullptr) {
    throw std::runtime_error("tokens: HMAC-SHA-256 failed");
  }
  message.resize(payload.size());
  return message.append(reinterpret_cast<const char*>(mac.data()), kSealSize);
}

bool SealingKey::IsSealed(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kSealSize) return false;
  const std::string wanted = Seal(sealed.substr(0, sealed.size() - kSealSize), context);
  // Takes constant time, so that its duration reveals nothing about a valid seal.
  return ::CRYPTO_memcmp(wanted.data(), sealed.data(), sealed.size()) == 0;
}

std::string BytesOf(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

uint64_t NumberOf(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(0, sizeof(number)))
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace drawbridge
