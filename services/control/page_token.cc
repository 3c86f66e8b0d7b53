#include "services/control/page_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "absl/strings/escaping.h"

namespace drawbridge {
namespace {

constexpr size_t kSequenceSize = 8;
constexpr size_t kMacSize = 16;  // of SHA-256's 32: still nothing that can be guessed
constexpr size_t kTokenLength = (kSequenceSize + kMacSize) / 3 * 4;  // in base64, without padding

std::string Bytes(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

uint64_t Number(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(0, kSequenceSize))
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

PageTokens::PageTokens() : key_() {
  if (::RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw std::runtime_error("page tokens: the operating system gives no entropy");
}

std::string PageTokens::Make(const ListQuery& query, uint64_t sequence) const {
  std::string message = Bytes(sequence) + Bytes(query.incarnation.size());
  message.append(query.incarnation).append(query.show_closed ? "1" : "0").append(query.filter);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  if (::HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(),
             nullptr) == nullptr) {
    throw std::runtime_error("page tokens: no SHA-256");
  }
  return absl::WebSafeBase64Escape(message.substr(0, kSequenceSize) +
                                   std::string(reinterpret_cast<const char*>(mac.data()), kMacSize));
}

std::optional<uint64_t> PageTokens::Read(const ListQuery& query, std::string_view token) const {
  std::string bytes;
  if (token.size() != kTokenLength ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes))
    return std::nullopt;
  const uint64_t sequence = Number(bytes);
  // Whoever measures how long this takes learns nothing of a MAC that would do.
  if (::CRYPTO_memcmp(Make(query, sequence).data(), token.data(), kTokenLength) != 0) return std::nullopt;
  return sequence;
}

}  // namespace drawbridge
