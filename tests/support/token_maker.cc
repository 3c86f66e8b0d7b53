#include "tests/support/token_maker.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>

namespace drawbridge {
namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

void Check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("token_maker: ") + what);
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// In network order, with leading zeros up to `size`.
std::string ToBytes(const BIGNUM* number, size_t size) {
  std::string bytes(size, '\0');
  Check(BN_bn2binpad(number, Bytes(bytes), static_cast<int>(size)) == static_cast<int>(size),
        "size of number");
  return bytes;
}

std::string GroupOf(EVP_PKEY* key) {
  std::array<char, 64> name{};
  Check(
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), nullptr) == 1,
      "group");
  return name.data();
}

std::string CurveOf(EVP_PKEY* key) {
  const std::string group = GroupOf(key);
  if (group == SN_X9_62_prime256v1) return "P-256";
  if (group == SN_secp384r1) return "P-384";
  return group == SN_secp521r1 ? "P-521" : group;
}

size_t CoordinateSize(EVP_PKEY* key) { return (static_cast<size_t>(EVP_PKEY_get_bits(key)) + 7) / 8; }

const EVP_MD* DigestOf(std::string_view algorithm) {
  if (algorithm.ends_with("256")) return EVP_sha256();
  if (algorithm.ends_with("384")) return EVP_sha384();
  return algorithm.ends_with("512") ? EVP_sha512() : nullptr;
}

std::string FromDer(std::string_view der, size_t coordinate_size) {
  const unsigned char* in = Bytes(der);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
      d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())), &ECDSA_SIG_free);
  Check(pair != nullptr, "ECDSA signature");
  return ToBytes(ECDSA_SIG_get0_r(pair.get()), coordinate_size) +
         ToBytes(ECDSA_SIG_get0_s(pair.get()), coordinate_size);
}

}  // namespace

std::string EncodeBase64Url(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(Bytes(text), Bytes(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

std::string KeySetText(const std::vector<std::string>& jwks) {
  std::string text = R"({"keys":[)";
  for (const std::string& jwk : jwks) {
    if (text.back() != '[') text.push_back(',');
    text.append(jwk);
  }
  return text.append("]}");
}

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::string mac(32, '\0');
  Check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(text), text.size(), Bytes(mac),
             nullptr) != nullptr,
        "HMAC");
  return mac;
}

SigningKey::SigningKey(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) { Check(key != nullptr, "key"); }

SigningKey SigningKey::Rsa(unsigned bits, unsigned exponent) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), &EVP_PKEY_CTX_free);
  const Number e(BN_new(), &BN_free);
  BN_set_word(e.get(), exponent);
  EVP_PKEY* key = nullptr;
  Check(EVP_PKEY_keygen_init(context.get()) == 1 &&
            EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) == 1 &&
            EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()) == 1 &&
            EVP_PKEY_generate(context.get(), &key) == 1,
        "RSA key");
  return SigningKey(key);
}

SigningKey SigningKey::Ec(const std::string& curve) { return SigningKey(EVP_EC_gen(curve.c_str())); }

SigningKey SigningKey::Ed25519() { return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

SigningKey SigningKey::Ed25519(std::string_view seed) {
  return SigningKey(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
}

std::string SigningKey::Parameter(const std::string& name) const {
  EVP_PKEY* const key = key_.get();
  if (EVP_PKEY_is_a(key, "ED25519") == 1) {
    std::string x(32, '\0');
    size_t size = x.size();
    Check(EVP_PKEY_get_raw_public_key(key, Bytes(x), &size) == 1, "x");
    return EncodeBase64Url(x);
  }
  const bool is_ec = EVP_PKEY_is_a(key, "EC") == 1;
  const char* const parameter = is_ec ? (name == "x" ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_EC_PUB_Y)
                                      : (name == "n" ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_RSA_E);
  BIGNUM* number = nullptr;
  Check(EVP_PKEY_get_bn_param(key, parameter, &number) == 1, "parameter");
  const Number owned(number, &BN_free);
  const auto size = static_cast<size_t>(BN_num_bytes(number));
  return EncodeBase64Url(ToBytes(number, is_ec ? CoordinateSize(key) : size));
}

std::string SigningKey::Jwk(const std::string& more) const {
  std::string jwk;
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1) {
    jwk.append(R"({"kty":"RSA","n":")").append(Parameter("n")).append(R"(","e":")").append(Parameter("e"));
  } else if (EVP_PKEY_is_a(key_.get(), "EC") == 1) {
    jwk.append(R"({"kty":"EC","crv":")").append(CurveOf(key_.get()));
    jwk.append(R"(","x":")").append(Parameter("x")).append(R"(","y":")").append(Parameter("y"));
  } else {
    jwk.append(R"({"kty":"OKP","crv":"Ed25519","x":")").append(Parameter("x"));
  }
  jwk.push_back('"');
  if (!more.empty()) jwk.append(",").append(more);
  return jwk.append("}");
}

std::string SigningKey::PublicPem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  Check(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1, "PEM");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string SigningKey::SignDer(std::string_view algorithm, std::string_view text, int salt) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;
  Check(EVP_DigestSignInit(context.get(), &options, DigestOf(algorithm), nullptr, key_.get()) == 1,
        "signing");
  if (algorithm.starts_with("PS")) {
    Check(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt) == 1,
          "PSS");
  }
  size_t size = 0;
  Check(EVP_DigestSign(context.get(), nullptr, &size, Bytes(text), text.size()) == 1, "size of signature");
  std::string signature(size, '\0');
  Check(EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(text), text.size()) == 1, "signature");
  signature.resize(size);
  return signature;
}

std::string SigningKey::Sign(std::string_view algorithm, std::string_view text, int salt) const {
  std::string signature = SignDer(algorithm, text, salt);
  return algorithm.starts_with("ES") ? FromDer(signature, CoordinateSize(key_.get())) : signature;
}

std::string SigningKey::Token(std::string_view algorithm, std::string_view header,
                              std::string_view payload) const {
  std::string token = EncodeBase64Url(header);
  token.append(".").append(EncodeBase64Url(payload));
  const std::string signature = EncodeBase64Url(Sign(algorithm, token));
  return token.append(".").append(signature);
}

std::string SigningKey::TokenOf(std::string_view algorithm, std::string_view key_id,
                                std::string_view payload) const {
  std::string header = R"({"alg":")";
  header.append(algorithm).append("\"");
  if (!key_id.empty()) header.append(R"(,"kid":")").append(key_id).append("\"");
  return Token(algorithm, header.append("}"), payload);
}

}  // namespace drawbridge
