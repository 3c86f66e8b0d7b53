#include "gateway/identity/token_verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "gateway/base/ascii.h"
#include "gateway/identity/base64url.h"
#include "gateway/identity/claims.h"
#include "gateway/identity/json_web_key.h"
#include "gateway/identity/quoted.h"
#include "gateway/identity/strict_json.h"

namespace drawbridge {
namespace {

namespace json = boost::json;

using Refusal = std::optional<TokenRefusal>;

// For the JSON of a token, on the stack. A token of usual size needs no memory of the heap for it.
constexpr size_t kScratchBytes = 4096;

// The parts of a token as it came, in base64url.
struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header and payload with the dot between them
};

// What is used of the header.
struct Header {
  Algorithm algorithm{};
  std::optional<std::string> key_id;
};

Refusal SplitToken(std::string_view token, Parts* parts) {
  if (token.size() > kMaxTokenBytes) {
    return TokenRefusal{TokenRule::kSize, fmt::format("the token has {} bytes: must have at most {}",
                                                      token.size(), kMaxTokenBytes)};
  }
  const auto dots = std::ranges::count(token, '.');
  if (dots != 2) {
    return TokenRefusal{TokenRule::kFormat,
                        fmt::format("the token has {} dots: must have 2{}", dots,
                                    dots == 4 ? ", since encrypted tokens are not supported" : "")};
  }
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  *parts = {.header = token.substr(0, first),
            .payload = token.substr(first + 1, last - first - 1),
            .signature = token.substr(last + 1),
            .signed_text = token.substr(0, last)};
  return std::nullopt;
}

// `name` is "header" or "payload". The object lives no longer than `memory`.
std::variant<json::object, TokenRefusal> ParsePart(std::string_view part, std::string_view name,
                                                   json::monotonic_resource& memory) {
  const auto bytes = DecodeBase64Url(part);
  if (!bytes.has_value())
    return TokenRefusal{TokenRule::kFormat, fmt::format("the {} must be base64url without padding", name)};
  auto parsed = ParseStrictJson(*bytes, &memory);
  if (const auto* const problem = std::get_if<std::string>(&parsed))
    return TokenRefusal{TokenRule::kFormat, fmt::format("the {} {}", name, *problem)};
  return std::get<json::object>(std::move(parsed));
}

// The member for a refusal.
std::string Shown(const json::value* value) {
  if (value == nullptr) return "missing";
  return value->is_string() ? QuotedForHeader(value->get_string()) : "not a string";
}

Refusal TakeAlgorithm(const json::object& header, AlgorithmSet allowed, Algorithm* algorithm) {
  const json::value* const name = header.if_contains("alg");
  const auto found = name != nullptr && name->is_string() ? FindAlgorithm(name->get_string()) : std::nullopt;
  if (!found.has_value() || !allowed.Contains(*found)) {
    return TokenRefusal{TokenRule::kAlgorithm, fmt::format("the header's 'alg' is {}: must be of {}",
                                                           Shown(name), allowed.ToString())};
  }
  *algorithm = *found;
  return std::nullopt;
}

// crit asks to refuse what is not understood, and nothing of it is (RFC 7515, section 4.1.11). b64 (RFC 7797)
// and zip change what the payload is.
Refusal CheckExtensions(const json::object& header) {
  for (const std::string_view name : {"crit", "b64", "zip"}) {
    if (header.contains(name))
      return TokenRefusal{TokenRule::kExtension,
                          fmt::format("the header has '{}', which is not supported", name)};
  }
  return std::nullopt;
}

Refusal TakeKeyId(const json::object& header, std::optional<std::string>* key_id) {
  const json::value* const member = header.if_contains("kid");
  if (member == nullptr) return std::nullopt;
  const json::string* const text = member->if_string();
  if (text == nullptr) return TokenRefusal{TokenRule::kKeyId, "the header's 'kid' is not a string"};
  if (text->size() > kMaxKeyIdBytes) {
    return TokenRefusal{
        TokenRule::kKeyId,
        fmt::format("the header's 'kid' has {} bytes: must have at most {}", text->size(), kMaxKeyIdBytes)};
  }
  *key_id = std::string(*text);
  return std::nullopt;
}

// Other types are of tokens with another purpose, such as logout+jwt (RFC 8725, section 3.11).
Refusal CheckType(const json::object& header) {
  const json::value* const type = header.if_contains("typ");
  if (type == nullptr) return std::nullopt;
  std::string name = type->is_string() ? ToLower(std::string_view(type->get_string())) : std::string();
  constexpr std::string_view kPrefix = "application/";  // RFC 7515, section 4.1.9
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  if (name == "jwt" || name == "at+jwt") return std::nullopt;  // at+jwt: RFC 9068
  return TokenRefusal{TokenRule::kType,
                      fmt::format("the header's 'typ' is {}: must be 'JWT' or 'at+jwt'", Shown(type))};
}

std::variant<Header, TokenRefusal> ParseHeader(std::string_view part, AlgorithmSet allowed,
                                               json::monotonic_resource& memory) {
  if (const size_t size = part.size() / 4 * 3 + part.size() % 4 * 3 / 4; size > kMaxHeaderBytes) {
    return TokenRefusal{TokenRule::kSize,
                        fmt::format("the header has {} bytes: must have at most {}", size, kMaxHeaderBytes)};
  }
  const auto parsed = ParsePart(part, "header", memory);
  if (const auto* const refusal = std::get_if<TokenRefusal>(&parsed)) return *refusal;
  const auto& object = std::get<json::object>(parsed);
  Header header;
  if (Refusal refusal = TakeAlgorithm(object, allowed, &header.algorithm)) return *std::move(refusal);
  if (Refusal refusal = CheckExtensions(object)) return *std::move(refusal);
  if (Refusal refusal = TakeKeyId(object, &header.key_id)) return *std::move(refusal);
  if (Refusal refusal = CheckType(object)) return *std::move(refusal);
  return header;
}

// What a key must have for this token, for refusals.
std::string Wanted(const Header& header) {
  if (header.key_id.has_value()) return fmt::format("with 'kid' {}", QuotedForHeader(*header.key_id));
  return fmt::format("for 'alg' {}", QuotedForHeader(InfoOf(header.algorithm).name));
}

Refusal CheckCandidates(const KeySet::Candidates& candidates, const Header& header) {
  if (!candidates.is_known) {
    return TokenRefusal{.rule = TokenRule::kUnknownKey,
                        .text = fmt::format("the key set has no key {}", Wanted(header)),
                        .may_need_newer_keys = true};
  }
  if (candidates.fitting != 0) return std::nullopt;
  return TokenRefusal{TokenRule::kKeyMismatch, fmt::format("the key {} is not for 'alg' {}", Wanted(header),
                                                           QuotedForHeader(InfoOf(header.algorithm).name))};
}

Refusal CheckSignature(const Parts& parts, const Header& header, const KeySet& keys) {
  const auto signature = DecodeBase64Url(parts.signature);
  if (!signature.has_value())
    return TokenRefusal{TokenRule::kFormat, "the signature must be base64url without padding"};
  const KeySet::Candidates candidates = keys.Find(header.key_id, header.algorithm);
  if (Refusal refusal = CheckCandidates(candidates, header)) return refusal;
  for (const VerificationKey* const key : candidates.keys) {
    if (key != nullptr && key->Verifies(header.algorithm, parts.signed_text, *signature)) return std::nullopt;
  }
  return TokenRefusal{.rule = TokenRule::kSignature,
                      .text = fmt::format("the signature is wrong: {} of {} keys {} were tried",
                                          std::min(candidates.fitting, KeySet::kMaxTried), candidates.fitting,
                                          Wanted(header)),
                      // A token without kid fits old keys also where a newer key signed it.
                      .may_need_newer_keys = !header.key_id.has_value()};
}

}  // namespace

std::variant<Claims, TokenRefusal> Verify(std::string_view token, const KeySet& keys, const TokenRules& rules,
                                          WallTime now) {
  Parts parts;
  if (Refusal refusal = SplitToken(token, &parts)) return *std::move(refusal);
  std::array<unsigned char, kScratchBytes> scratch;
  json::monotonic_resource memory(scratch.data(), scratch.size());
  auto header = ParseHeader(parts.header, rules.algorithms, memory);
  if (auto* const refusal = std::get_if<TokenRefusal>(&header)) return std::move(*refusal);
  if (Refusal refusal = CheckSignature(parts, std::get<Header>(header), keys)) return *std::move(refusal);
  auto payload = ParsePart(parts.payload, "payload", memory);
  if (auto* const refusal = std::get_if<TokenRefusal>(&payload)) return std::move(*refusal);
  return CheckClaims(std::get<json::object>(payload), rules, now);
}

}  // namespace drawbridge
