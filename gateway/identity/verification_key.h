// A public key that verifies signatures of tokens.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_VERIFICATION_KEY_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_VERIFICATION_KEY_H_

#include <openssl/types.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "gateway/identity/algorithm.h"

namespace drawbridge {

struct FreePublicKey {
  void operator()(EVP_PKEY* key) const;
};
using PublicKey = std::unique_ptr<EVP_PKEY, FreePublicKey>;

// Makes keys of the parameters of a JWK (RFC 7518, section 6; RFC 8037, section 2), which are bytes in
// network order. Null where OpenSSL refuses them. MakeEcKey refuses a point that is not on the curve; x and y
// have the full length of the curve. MakeRsaKey checks no size.
PublicKey MakeRsaKey(std::string_view modulus, std::string_view exponent);
PublicKey MakeEcKey(KeyKind curve, std::string_view x, std::string_view y);
PublicKey MakeEd25519Key(std::string_view x);

// Movable. The const functions are thread-safe, do not block and leave OpenSSL's error queue empty.
class VerificationKey {
 public:
  // A key for all algorithms of its kind, or for `only` that one. Adds a reference to `key`. nullopt where it
  // cannot be used for one of them. Costs some microseconds for each algorithm.
  static std::optional<VerificationKey> Make(EVP_PKEY* key, KeyKind kind, std::optional<Algorithm> only);

  bool Fits(Algorithm algorithm) const { return TemplateOf(algorithm) != nullptr; }

  // Whether `signature` is of `text` by this key (RFC 7518, sections 3.3 to 3.5; RFC 8037, section 3.1).
  // False where the key does not fit the algorithm. An ECDSA signature is r || s, each of full length. A PSS
  // salt is as long as the hash.
  bool Verifies(Algorithm algorithm, std::string_view text, std::string_view signature) const;

 private:
  struct FreeContext {
    void operator()(EVP_MD_CTX* context) const;
  };
  using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

  VerificationKey() = default;
  static Context MakeTemplate(const AlgorithmInfo& info, EVP_PKEY* key);
  const EVP_MD_CTX* TemplateOf(Algorithm algorithm) const {
    return templates_[static_cast<size_t>(algorithm)].get();
  }

  // Ready to verify, by algorithm; null for those that do not fit. To copy one is cheaper than to make it:
  // OpenSSL 3 looks up each implementation by name. They are never changed, so threads may copy one at the
  // same time.
  std::array<Context, kAlgorithmCount> templates_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_VERIFICATION_KEY_H_
