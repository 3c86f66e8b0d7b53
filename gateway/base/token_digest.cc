#include "gateway/base/token_digest.h"

#include <openssl/evp.h>

namespace drawbridge {

TokenDigest DigestOf(std::string_view token) {
  static const EVP_MD* const sha256 =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);  // once: fetching is the expensive part
  TokenDigest digest{};
  EVP_Digest(token.data(), token.size(), digest.data(), nullptr, sha256, nullptr);
  return digest;
}

}  // namespace drawbridge
