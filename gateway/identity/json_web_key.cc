#include "gateway/identity/json_web_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/identity/base64url.h"
#include "gateway/identity/quoted.h"

namespace drawbridge {
namespace {

namespace json = boost::json;

constexpr size_t kMaxExponentBits = 64;  // OpenSSL takes no more with large keys
constexpr size_t kEd25519Size = 32;

// Of RSA, EC and OKP (d) and of symmetric keys (k).
constexpr std::array<std::string_view, 8> kPrivateMembers = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

using Problem = std::optional<std::string>;  // why to skip the key

// Null where the member is missing or no string.
const json::string* FindString(const json::object& jwk, std::string_view name) {
  const json::value* const member = jwk.if_contains(name);
  return member == nullptr ? nullptr : member->if_string();
}

std::string Shown(const json::object& jwk, std::string_view name) {
  const json::string* const text = FindString(jwk, name);
  if (text != nullptr) return QuotedForHeader(*text);
  return jwk.contains(name) ? "not a string" : "missing";
}

Problem CheckPurpose(const json::object& jwk) {
  const auto* const found =
      std::ranges::find_if(kPrivateMembers, [&](auto name) { return jwk.contains(name); });
  if (found != kPrivateMembers.end())
    return fmt::format("has the private member {}: only public keys may be published",
                       QuotedForHeader(*found));
  if (jwk.contains("use")) {
    const json::string* const use = FindString(jwk, "use");
    if (use == nullptr || *use != "sig") return fmt::format("use is {}: must be 'sig'", Shown(jwk, "use"));
  }
  if (const json::value* const operations = jwk.if_contains("key_ops")) {
    const json::array* const list = operations->if_array();
    if (list == nullptr || std::ranges::find(*list, json::value("verify")) == list->end())
      return "key_ops does not have 'verify'";
  }
  return std::nullopt;
}

std::optional<KeyKind> FindKind(std::string_view type, std::string_view curve) {
  if (type == "RSA") return KeyKind::kRsa;
  if (type == "EC" && curve == "P-256") return KeyKind::kP256;
  if (type == "EC" && curve == "P-384") return KeyKind::kP384;
  if (type == "EC" && curve == "P-521") return KeyKind::kP521;
  if (type == "OKP" && curve == "Ed25519") return KeyKind::kEd25519;
  return std::nullopt;
}

std::variant<KeyKind, std::string> KindOf(const json::object& jwk) {
  const json::string* const type = FindString(jwk, "kty");
  const json::string* const curve = FindString(jwk, "crv");
  const auto kind = FindKind(type == nullptr ? std::string_view() : std::string_view(*type),
                             curve == nullptr ? std::string_view() : std::string_view(*curve));
  if (kind.has_value()) return *kind;
  if (type == nullptr || (*type != "EC" && *type != "OKP"))
    return fmt::format("kty is {}: must be 'RSA', 'EC' or 'OKP'", Shown(jwk, "kty"));
  return fmt::format("crv is {}: must be {}", Shown(jwk, "crv"),
                     *type == "EC" ? "'P-256', 'P-384' or 'P-521'" : "'Ed25519'");
}

// Sets `only` where the key is for one algorithm.
Problem CheckAlgorithm(const json::object& jwk, KeyKind kind, std::optional<Algorithm>* only) {
  if (!jwk.contains("alg")) return std::nullopt;
  const json::string* const name = FindString(jwk, "alg");
  if (name != nullptr) *only = FindAlgorithm(*name);
  if (!only->has_value())
    return fmt::format("alg is {}: must be of {}", Shown(jwk, "alg"), AlgorithmSet::All().ToString());
  if (InfoOf(**only).kind != kind)
    return fmt::format("alg is {}, which does not fit kty and crv", QuotedForHeader(*name));
  return std::nullopt;
}

Problem Decode(const json::object& jwk, std::string_view name, std::string* bytes) {
  const json::string* const text = FindString(jwk, name);
  if (text == nullptr) return fmt::format("{} is {}: a string is required", name, Shown(jwk, name));
  auto decoded = DecodeBase64Url(*text);
  if (!decoded.has_value()) return fmt::format("{} must be base64url without padding", name);
  *bytes = *std::move(decoded);
  return std::nullopt;
}

// Removes leading zeros, which RFC 7518, section 6.3.1.1, forbids and some issuers add. Returns the bits that
// are left.
size_t Normalize(std::string* number) {
  number->erase(0, std::min(number->find_first_not_of('\0'), number->size()));
  if (number->empty()) return 0;
  return 8 * (number->size() - 1) +
         static_cast<size_t>(std::bit_width(static_cast<unsigned char>(number->front())));
}

bool IsOdd(const std::string& number) { return !number.empty() && (number.back() & 1) != 0; }

Problem MakeRsa(const json::object& jwk, PublicKey* key) {
  std::string modulus;
  std::string exponent;
  if (Problem problem = Decode(jwk, "n", &modulus)) return problem;
  if (Problem problem = Decode(jwk, "e", &exponent)) return problem;
  const size_t bits = Normalize(&modulus);
  if (bits < kMinRsaBits || bits > kMaxRsaBits)
    return fmt::format("n has {} bits: must have {} to {}", bits, kMinRsaBits, kMaxRsaBits);
  if (!IsOdd(modulus)) return "n is even, so it is no RSA modulus";
  const size_t exponent_bits = Normalize(&exponent);
  // With an exponent of 1 each text would be its own signature.
  if (exponent_bits < 2 || exponent_bits > kMaxExponentBits || !IsOdd(exponent))
    return fmt::format("e must be odd and have 2 to {} bits", kMaxExponentBits);
  *key = MakeRsaKey(modulus, exponent);
  return std::nullopt;
}

size_t CoordinateSize(KeyKind curve) {
  if (curve == KeyKind::kP256) return InfoOf(Algorithm::kEs256).coordinate_size;
  return InfoOf(curve == KeyKind::kP384 ? Algorithm::kEs384 : Algorithm::kEs512).coordinate_size;
}

Problem DecodeExactly(const json::object& jwk, std::string_view name, size_t size, std::string* bytes) {
  if (Problem problem = Decode(jwk, name, bytes)) return problem;
  if (bytes->size() == size) return std::nullopt;
  return fmt::format("{} has {} bytes: must have {}", name, bytes->size(), size);
}

Problem MakeEc(const json::object& jwk, KeyKind curve, PublicKey* key) {
  const size_t size = CoordinateSize(curve);
  std::string x;
  std::string y;
  if (Problem problem = DecodeExactly(jwk, "x", size, &x)) return problem;
  if (Problem problem = DecodeExactly(jwk, "y", size, &y)) return problem;
  *key = MakeEcKey(curve, x, y);
  if (*key == nullptr) return "x and y are no point of the curve";
  return std::nullopt;
}

Problem MakeEd25519(const json::object& jwk, PublicKey* key) {
  std::string x;
  if (Problem problem = DecodeExactly(jwk, "x", kEd25519Size, &x)) return problem;
  *key = MakeEd25519Key(x);
  return std::nullopt;
}

Problem MakeKey(const json::object& jwk, KeyKind kind, PublicKey* key) {
  if (kind == KeyKind::kRsa) return MakeRsa(jwk, key);
  if (kind == KeyKind::kEd25519) return MakeEd25519(jwk, key);
  return MakeEc(jwk, kind, key);
}

}  // namespace

std::variant<VerificationKey, std::string> ParseJsonWebKey(const json::object& jwk) {
  if (Problem problem = CheckPurpose(jwk)) return *std::move(problem);
  const auto kind = KindOf(jwk);
  if (const auto* const problem = std::get_if<std::string>(&kind)) return *problem;
  std::optional<Algorithm> only;
  PublicKey key;
  if (Problem problem = CheckAlgorithm(jwk, std::get<KeyKind>(kind), &only)) return *std::move(problem);
  if (Problem problem = MakeKey(jwk, std::get<KeyKind>(kind), &key)) return *std::move(problem);
  auto made = key == nullptr ? std::nullopt : VerificationKey::Make(key.get(), std::get<KeyKind>(kind), only);
  if (!made.has_value()) return "OpenSSL refuses the key";
  return *std::move(made);
}

}  // namespace drawbridge
