// Makes keys, JWKs and signed tokens, so that no private key lies in the repository.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_TOKEN_MAKER_H_
#define DRAWBRIDGE_TESTS_SUPPORT_TOKEN_MAKER_H_

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

// Without padding (RFC 7515, section 2).
std::string EncodeBase64Url(std::string_view bytes);

// A set of JWKs, each a text as SigningKey::Jwk makes it, or any other.
std::string KeySetText(const std::vector<std::string>& jwks);

// HMAC with SHA-256, as HS256 would sign.
std::string HmacSha256(std::string_view key, std::string_view text);

// A private key. Copies share it. The const functions are thread-safe. Throws std::runtime_error where
// OpenSSL fails.
class SigningKey {
 public:
  static SigningKey Rsa(unsigned bits = 2048, unsigned exponent = 65537);
  static SigningKey Ec(const std::string& curve = "P-256");
  static SigningKey Ed25519();
  // The key of a seed of 32 bytes, the same each time.
  static SigningKey Ed25519(std::string_view seed);

  // The public key as a JWK without kid, use and alg. `more` is added as it is, such as
  // R"("kid":"a","alg":"ES256")".
  std::string Jwk(const std::string& more = "") const;
  // A parameter of the JWK, in base64url: n, e, x or y.
  std::string Parameter(const std::string& name) const;
  // The public key in PEM.
  std::string PublicPem() const;

  static constexpr int kSaltOfHashSize = -1;
  // The signature for a JWS algorithm, such as "PS384". `salt`: bytes, of PSS alone.
  std::string Sign(std::string_view algorithm, std::string_view text, int salt = kSaltOfHashSize) const;
  // As Sign, but an ECDSA signature stays in OpenSSL's encoding, DER.
  std::string SignDer(std::string_view algorithm, std::string_view text, int salt = kSaltOfHashSize) const;

  // A compact token of two JSON texts, which may be any bytes, signed with `algorithm` whatever the header
  // says.
  std::string Token(std::string_view algorithm, std::string_view header, std::string_view payload) const;
  // The same of a header {"alg":ALGORITHM,"kid":KEY_ID}, without kid where `key_id` is empty.
  std::string TokenOf(std::string_view algorithm, std::string_view key_id, std::string_view payload) const;

 private:
  explicit SigningKey(EVP_PKEY* key);

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_TOKEN_MAKER_H_
