// The signature algorithms that a token may use (RFC 7518, section 3; RFC 8037).
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_ALGORITHM_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_ALGORITHM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace drawbridge {

// No value for "none" and for the HMAC algorithms, so no configuration can allow them.
enum class Algorithm : uint8_t {
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
  kEdDsa,  // with Ed25519 only
};
inline constexpr size_t kAlgorithmCount = 10;

// What a public key is of. Each algorithm works with exactly one kind.
enum class KeyKind : uint8_t { kRsa, kP256, kP384, kP521, kEd25519 };

struct AlgorithmInfo {
  Algorithm algorithm;
  std::string_view name;
  KeyKind kind;
  const char* digest;          // OpenSSL's name; null for Ed25519, which has its own
  bool is_pss = false;         // RSASSA-PSS (RFC 7518, section 3.5)
  size_t coordinate_size = 0;  // of ECDSA: bytes of r and of s
};

const AlgorithmInfo& InfoOf(Algorithm algorithm);

// The algorithm of this exact name in a header or a JWK. "Ed25519" (RFC 9864) is kEdDsa too. nullopt for all
// others.
std::optional<Algorithm> FindAlgorithm(std::string_view name);

// A value.
class AlgorithmSet {
 public:
  static constexpr AlgorithmSet All() { return AlgorithmSet((1u << kAlgorithmCount) - 1); }

  constexpr AlgorithmSet() = default;
  void Add(Algorithm algorithm) { bits_ |= 1u << static_cast<unsigned>(algorithm); }
  bool Contains(Algorithm algorithm) const { return (bits_ >> static_cast<unsigned>(algorithm) & 1u) != 0; }
  friend bool operator==(AlgorithmSet, AlgorithmSet) = default;

  // The names, separated by ", ".
  std::string ToString() const;

 private:
  constexpr explicit AlgorithmSet(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;  // one for each Algorithm
};

// Parses a comma-separated list such as "RS256,ES256". A text instead says which entry is wrong and lists
// those that are possible. An empty list is wrong: it would refuse every token.
std::variant<AlgorithmSet, std::string> ParseAlgorithms(std::string_view list);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_ALGORITHM_H_
