// Tokens and key sets of any bytes: refused with one line that can be logged, or accepted within the bounds.
// The input is also the header or the payload of a token that is correctly signed, since nothing else gets
// past the signature.
#include <openssl/err.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/utf8.h"
#include "gateway/identity/algorithm.h"
#include "gateway/identity/claim_labels.h"
#include "gateway/identity/key_set.h"
#include "gateway/identity/token_verifier.h"
#include "tests/fuzz/chunks.h"
#include "tests/support/token_maker.h"

namespace drawbridge {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};

const SigningKey& Key() {
  static const SigningKey key = SigningKey::Ed25519(std::string(32, 'd'));
  return key;
}

const KeySet& Keys() {
  static const KeySet keys =
      std::get<KeySet>(KeySet::Parse(KeySetText({Key().Jwk(R"("kid":"k")"), Key().Jwk()})));
  return keys;
}

const TokenRules& Rules() {
  static const TokenRules rules = [] {
    TokenRules made{.audiences = {"chat"}};
    made.labels =
        std::get<std::vector<LabelRule>>(ParseLabelRules({"a=a", "b.c=b", "https://example.com/role=role"}));
    return made;
  }();
  return rules;
}

void CheckLine(std::string_view text) {
  if (text.empty() || text.size() > kMaxRefusalBytes) Broken("not a short line");
  if (std::ranges::any_of(text, [](char c) { return c < ' ' || c > '~'; })) Broken("not printable");
}

void CheckClaims(const Claims& claims) {
  if (claims.principal.empty() || claims.principal.size() > kMaxPrincipalBytes)
    Broken("principal out of bounds");
  if (!IsUtf8(claims.principal) ||
      std::ranges::any_of(claims.principal, [](char c) { return c >= 0 && c < ' '; }))
    Broken("a principal that cannot be logged");
  if (claims.token_id.size() > kMaxTokenIdBytes) Broken("token id out of bounds");
  if (claims.expire_time + Rules().leeway <= kNow) Broken("expired");
  if (claims.labels.size() > Rules().labels.size()) Broken("too many labels");
  for (const auto& [key, value] : claims.labels) {
    if (value.size() > kMaxLabelValueBytes || !IsUtf8(value)) Broken("label out of bounds");
  }
}

void RunToken(const std::string& token) {
  const auto outcome = Verify(token, Keys(), Rules(), kNow);
  if (ERR_peek_error() != 0) Broken("an error is left in the queue");
  if (const auto* const claims = std::get_if<Claims>(&outcome)) return CheckClaims(*claims);
  const auto& refusal = std::get<TokenRefusal>(outcome);
  CheckLine(refusal.text);
  if (refusal.text.find_first_of("\"\\") != std::string::npos) Broken("not for a header field");
}

void RunKeySet(std::string_view text) {
  const auto parsed = KeySet::Parse(text);
  if (ERR_peek_error() != 0) Broken("an error is left in the queue");
  if (const auto* const problem = std::get_if<std::string>(&parsed)) return CheckLine(*problem);
  const auto& set = std::get<KeySet>(parsed);
  if (set.usable() + set.skipped().size() > KeySet::kMaxKeys) Broken("too many keys");
  for (const SkippedKey& key : set.skipped()) {
    CheckLine(key.key_id);
    CheckLine(key.reason);
  }
  const std::string text_and_signature(132, 's');
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    const auto found = set.Find(std::nullopt, static_cast<Algorithm>(i));
    for (const VerificationKey* const key : found.keys) {
      if (key != nullptr)
        (void)key->Verifies(static_cast<Algorithm>(i), text_and_signature, text_and_signature);
    }
  }
}

void RunFlags(std::string_view text) {
  const auto rules = ParseLabelRules({std::string(text)});
  if (const auto* const problem = std::get_if<std::string>(&rules)) CheckLine(*problem);
  const auto algorithms = ParseAlgorithms(text);
  if (const auto* const problem = std::get_if<std::string>(&algorithms)) CheckLine(*problem);
}

// The first byte chooses what the rest is: (h)eader, (p)ayload, (k)ey set, (f)lag or a whole token.
void Run(std::string_view input) {
  if (input.empty()) return;
  const char kind = input.front();
  input.remove_prefix(1);
  switch (kind) {
    case 'h':
      return RunToken(Key().Token("EdDSA", input, R"({"sub":"alice","aud":"chat","exp":1700000100})"));
    case 'p':
      return RunToken(Key().Token("EdDSA", R"({"alg":"EdDSA","kid":"k"})", input));
    case 'k':
      return RunKeySet(input);
    case 'f':
      return RunFlags(input);
    default:
      return RunToken(std::string(input));
  }
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
