#include "gateway/identity/key_set.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "gateway/identity/json_web_key.h"
#include "gateway/identity/quoted.h"
#include "gateway/identity/strict_json.h"

namespace drawbridge {
namespace {

namespace json = boost::json;

// A kid as it is in a JWK; nullopt where there is none. Sets `problem` where it cannot be used.
std::optional<std::string> KeyIdOf(const json::object& jwk, std::string* problem) {
  const json::value* const member = jwk.if_contains("kid");
  if (member == nullptr) return std::nullopt;
  const json::string* const text = member->if_string();
  if (text == nullptr) {
    *problem = "kid is not a string";
    return std::nullopt;
  }
  if (text->size() > kMaxKeyIdBytes)
    *problem = fmt::format("kid has {} bytes: must have at most {}", text->size(), kMaxKeyIdBytes);
  return std::string(*text);
}

std::variant<VerificationKey, std::string> ParseKey(const json::value& value,
                                                    std::optional<std::string>* key_id) {
  const json::object* const jwk = value.if_object();
  if (jwk == nullptr) return "is not a JSON object";
  std::string problem;
  *key_id = KeyIdOf(*jwk, &problem);
  if (!problem.empty()) return problem;
  return ParseJsonWebKey(*jwk);
}

}  // namespace

std::variant<KeySet, std::string> KeySet::Parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return fmt::format("the key set has {} bytes: must have at most {}", text.size(), kMaxBytes);
  const auto parsed = ParseStrictJson(text);
  if (const auto* const problem = std::get_if<std::string>(&parsed))
    return fmt::format("the key set {}", *problem);
  const json::value* const member = std::get<json::object>(parsed).if_contains("keys");
  const json::array* const list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr) return "the key set has no array 'keys'";
  if (list->size() > kMaxKeys)
    return fmt::format("the key set has {} keys: must have at most {}", list->size(), kMaxKeys);
  KeySet set;
  set.keys_.reserve(list->size());
  for (size_t i = 0; i < list->size(); ++i) {
    std::optional<std::string> key_id;
    auto key = ParseKey((*list)[i], &key_id);
    if (auto* const usable = std::get_if<VerificationKey>(&key)) {
      set.keys_.push_back({.key_id = std::move(key_id), .key = std::move(*usable)});
    } else {
      set.skipped_.push_back({.index = i,
                              .key_id = key_id.has_value() ? QuotedForHeader(*key_id) : "none",
                              .reason = std::get<std::string>(std::move(key))});
    }
  }
  return set;
}

KeySet::Candidates KeySet::Find(std::optional<std::string_view> key_id, Algorithm algorithm) const {
  Candidates candidates;
  for (const Entry& entry : keys_) {
    if (key_id.has_value() && entry.key_id != key_id) continue;
    const bool fits = entry.key.Fits(algorithm);
    candidates.is_known = candidates.is_known || fits || key_id.has_value();
    if (!fits) continue;
    if (candidates.fitting < kMaxTried) candidates.keys[candidates.fitting] = &entry.key;
    ++candidates.fitting;
  }
  return candidates;
}

}  // namespace drawbridge
