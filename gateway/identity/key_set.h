// The public keys of an issuer of tokens.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_KEY_SET_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_KEY_SET_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/identity/algorithm.h"
#include "gateway/identity/verification_key.h"

namespace drawbridge {

// A key of the set that verifies nothing, for the log.
struct SkippedKey {
  size_t index;        // in "keys", from 0
  std::string key_id;  // quoted (see QuotedForHeader); "none" where it has no kid
  std::string reason;  // a phrase such as "use is 'enc': must be 'sig'"
};

// Immutable, so thread-safe; movable. Threads that verify tokens share one by a pointer to const.
class KeySet {
 public:
  static constexpr size_t kMaxBytes = 512 * size_t{1024};
  static constexpr size_t kMaxKeys = 256;
  static constexpr size_t kMaxTried = 4;  // for one token

  // The keys that a token may be signed with.
  struct Candidates {
    bool is_known = false;  // whether a key has the kid that was asked for, or one fits where none was
    size_t fitting = 0;     // keys with this kid that fit the algorithm, also beyond kMaxTried
    std::array<const VerificationKey*, kMaxTried> keys{};  // the first of these; the others are null
  };

  // Parses a JWK set (RFC 7517, section 5). Keys that cannot be used are skipped (see ParseJsonWebKey);
  // several may have the same kid. The result may have no usable key, as the set of an issuer that has not
  // created one yet. A text instead says why the whole set is refused: too large, no JSON, or no array
  // "keys". Does not block, but takes about 10 ms of CPU time for kMaxKeys.
  static std::variant<KeySet, std::string> Parse(std::string_view text);

  size_t usable() const { return keys_.size(); }
  const std::vector<SkippedKey>& skipped() const { return skipped_; }

  // The candidates for the algorithm with this kid; nullopt: all that fit, whether or not they have a kid.
  Candidates Find(std::optional<std::string_view> key_id, Algorithm algorithm) const;

 private:
  struct Entry {
    std::optional<std::string> key_id;
    VerificationKey key;
  };

  KeySet() = default;

  std::vector<Entry> keys_;  // as in the set
  std::vector<SkippedKey> skipped_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_KEY_SET_H_
