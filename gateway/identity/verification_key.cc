#include "gateway/identity/verification_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <string>

namespace drawbridge {
namespace {

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;

// OpenSSL keeps errors in a queue of the thread, where the TLS code would take them for its own.
class ForgetErrorsAtEnd {
 public:
  ForgetErrorsAtEnd() = default;
  ForgetErrorsAtEnd(const ForgetErrorsAtEnd&) = delete;
  ForgetErrorsAtEnd& operator=(const ForgetErrorsAtEnd&) = delete;
  ~ForgetErrorsAtEnd() { ERR_clear_error(); }
};

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number ToNumber(std::string_view bytes) {
  return {BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr), &BN_free};
}

PublicKey FromParameters(const char* type, const Builder& builder) {
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(
      OSSL_PARAM_BLD_to_param(builder.get()), &OSSL_PARAM_free);
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), &EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return PublicKey(key);
}

const char* GroupOf(KeyKind curve) {
  if (curve == KeyKind::kP256) return SN_X9_62_prime256v1;
  return curve == KeyKind::kP384 ? SN_secp384r1 : SN_secp521r1;
}

// OpenSSL takes ECDSA signatures in DER alone. Empty where `signature` does not have the exact size.
std::string ToDer(std::string_view signature, size_t coordinate_size) {
  if (signature.size() != 2 * coordinate_size) return {};
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), &ECDSA_SIG_free);
  Number r = ToNumber(signature.substr(0, coordinate_size));
  Number s = ToNumber(signature.substr(coordinate_size));
  if (pair == nullptr || r == nullptr || s == nullptr) return {};
  ECDSA_SIG_set0(pair.get(), r.release(), s.release());
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

}  // namespace

void FreePublicKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

void VerificationKey::FreeContext::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

PublicKey MakeRsaKey(std::string_view modulus, std::string_view exponent) {
  const ForgetErrorsAtEnd forget;
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  const Builder builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
  if (n == nullptr || e == nullptr || builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return FromParameters("RSA", builder);
}

PublicKey MakeEcKey(KeyKind curve, std::string_view x, std::string_view y) {
  const ForgetErrorsAtEnd forget;
  std::string point(1, static_cast<char>(POINT_CONVERSION_UNCOMPRESSED));
  point.append(x).append(y);
  const Builder builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, GroupOf(curve), 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1) {
    return nullptr;
  }
  return FromParameters("EC", builder);
}

PublicKey MakeEd25519Key(std::string_view x) {
  const ForgetErrorsAtEnd forget;
  return PublicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(x), x.size()));
}

VerificationKey::Context VerificationKey::MakeTemplate(const AlgorithmInfo& info, EVP_PKEY* key) {
  Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // belongs to the context
  if (context == nullptr ||
      EVP_DigestVerifyInit_ex(context.get(), &options, info.digest, nullptr, nullptr, key, nullptr) != 1) {
    return nullptr;
  }
  if (info.is_pss && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
                      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return nullptr;
  }
  // Each copy verifies once, so OpenSSL needs no further copy of it for that.
  EVP_MD_CTX_set_flags(context.get(), EVP_MD_CTX_FLAG_FINALISE);
  return context;
}

std::optional<VerificationKey> VerificationKey::Make(EVP_PKEY* key, KeyKind kind,
                                                     std::optional<Algorithm> only) {
  const ForgetErrorsAtEnd forget;
  VerificationKey made;
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const AlgorithmInfo& info = InfoOf(static_cast<Algorithm>(i));
    if (info.kind != kind || (only.has_value() && info.algorithm != *only)) continue;
    made.templates_[i] = MakeTemplate(info, key);
    if (made.templates_[i] == nullptr) return std::nullopt;
  }
  return made;
}

bool VerificationKey::Verifies(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  const AlgorithmInfo& info = InfoOf(algorithm);
  const EVP_MD_CTX* const ready = TemplateOf(algorithm);
  if (ready == nullptr) return false;
  const ForgetErrorsAtEnd forget;
  std::string der;
  if (info.coordinate_size != 0) {
    der = ToDer(signature, info.coordinate_size);
    if (der.empty()) return false;
    signature = der;
  }
  const Context context(EVP_MD_CTX_new());
  return context != nullptr && EVP_MD_CTX_copy_ex(context.get(), ready) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text), text.size()) == 1;
}

}  // namespace drawbridge
