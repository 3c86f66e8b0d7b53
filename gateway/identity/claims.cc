#include "gateway/identity/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/base/utf8.h"
#include "gateway/identity/quoted.h"

namespace drawbridge {
namespace {

namespace json = boost::json;
using std::chrono::nanoseconds;
using std::chrono::seconds;

using Refusal = std::optional<TokenRefusal>;

// A value for a refusal, without what objects and arrays contain.
std::string Shown(const json::value* value) {
  if (value == nullptr) return "missing";
  switch (value->kind()) {
    case json::kind::string:
      return QuotedForHeader(value->get_string());
    case json::kind::int64:
      return std::to_string(value->get_int64());
    case json::kind::uint64:
      return std::to_string(value->get_uint64());
    case json::kind::double_:
      return fmt::format("{}", value->get_double());
    case json::kind::array:
      return fmt::format("an array of {}", value->get_array().size());
    case json::kind::object:
      return "an object";
    default:
      return value->is_null() ? "null" : "a boolean";
  }
}

Refusal CheckIssuer(const json::object& payload, const TokenRules& rules) {
  if (rules.issuer.empty()) return std::nullopt;
  const json::value* const issuer = payload.if_contains("iss");
  if (issuer != nullptr && issuer->is_string() && issuer->get_string() == rules.issuer) return std::nullopt;
  return TokenRefusal{TokenRule::kIssuer, fmt::format("the claim 'iss' is {}: must be {}", Shown(issuer),
                                                      QuotedForHeader(rules.issuer))};
}

bool IsAllowed(const json::value& audience, const std::vector<std::string>& allowed) {
  return audience.is_string() &&
         std::ranges::any_of(allowed, [&](const std::string& each) { return audience.get_string() == each; });
}

Refusal CheckAudience(const json::object& payload, const TokenRules& rules) {
  if (rules.audiences.empty()) return std::nullopt;
  const json::value* const audience = rules.audience_claim.Find(payload);
  if (audience != nullptr) {
    const auto is_allowed = [&](const json::value& each) { return IsAllowed(each, rules.audiences); };
    const json::array* const list = audience->if_array();
    if (list == nullptr ? is_allowed(*audience) : std::ranges::any_of(*list, is_allowed)) return std::nullopt;
  }
  return TokenRefusal{TokenRule::kAudience,
                      fmt::format("the claim {} is {}: must have {}{}", rules.audience_claim.shown(),
                                  Shown(audience), QuotedForHeader(rules.audiences.front()),
                                  rules.audiences.size() > 1 ? " or another allowed audience" : "")};
}

// Converts seconds since 1970. Times after kLatestTime, and those before 1970, become the
// nearest that is allowed: a conversion of a double that does not fit is undefined.
WallTime ToTime(double since_epoch) {
  if (!(since_epoch > 0)) return WallTime();
  if (since_epoch >= static_cast<double>(kLatestTime.count())) return WallTime(kLatestTime);
  const double whole = std::floor(since_epoch);
  return WallTime(seconds(static_cast<int64_t>(whole)) +
                  nanoseconds(static_cast<int64_t>((since_epoch - whole) * 1e9)));
}

WallTime ToTime(int64_t since_epoch) {
  return WallTime(std::clamp(seconds(since_epoch), seconds(0), kLatestTime));
}

// Sets `time` where the payload has the claim.
Refusal ParseTime(const json::object& payload, std::string_view name, std::optional<WallTime>* time) {
  const json::value* const claim = payload.if_contains(name);
  if (claim == nullptr) return std::nullopt;
  if (claim->is_int64()) {
    *time = ToTime(claim->get_int64());
  } else if (claim->is_uint64()) {
    *time = WallTime(kLatestTime);  // more than int64_t takes
  } else if (claim->is_double()) {
    *time = ToTime(claim->get_double());
  } else {
    return TokenRefusal{TokenRule::kTime,
                        fmt::format("the claim '{}' is {}: must be a number", name, Shown(claim))};
  }
  return std::nullopt;
}

std::string InSeconds(nanoseconds duration) {
  return fmt::format("{:g} s", std::round(std::chrono::duration<double>(duration).count() * 10) / 10);
}

Refusal CheckNotInFuture(const json::object& payload, std::string_view name, nanoseconds leeway,
                         WallTime now) {
  std::optional<WallTime> time;
  if (Refusal refusal = ParseTime(payload, name, &time)) return refusal;
  if (!time.has_value() || *time - leeway <= now) return std::nullopt;
  return TokenRefusal{
      TokenRule::kNotYetValid,
      fmt::format("the claim '{}' is {}, {} from now: at most {} are allowed", name,
                  Shown(payload.if_contains(name)), InSeconds(*time - now), InSeconds(leeway))};
}

Refusal CheckTimes(const json::object& payload, nanoseconds leeway, WallTime now, WallTime* expire_time) {
  std::optional<WallTime> expiry;
  if (Refusal refusal = ParseTime(payload, "exp", &expiry)) return refusal;
  if (!expiry.has_value()) return TokenRefusal{TokenRule::kTime, "the claim 'exp' is missing"};
  if (now - leeway >= *expiry) {
    return TokenRefusal{TokenRule::kExpired, fmt::format("the claim 'exp' is {}, {} ago: the leeway is {}",
                                                         Shown(payload.if_contains("exp")),
                                                         InSeconds(now - *expiry), InSeconds(leeway))};
  }
  *expire_time = *expiry;
  if (Refusal refusal = CheckNotInFuture(payload, "nbf", leeway, now)) return refusal;
  return CheckNotInFuture(payload, "iat", leeway, now);
}

// Copies a claim that is a name. `max`: in bytes.
Refusal TakeName(const json::value* claim, std::string_view shown, TokenRule rule, size_t max,
                 std::string* name) {
  const json::string* const text = claim == nullptr ? nullptr : claim->if_string();
  if (text == nullptr)
    return TokenRefusal{rule, fmt::format("the claim {} is {}: must be a string", shown, Shown(claim))};
  if (text->empty() || text->size() > max)
    return TokenRefusal{
        rule, fmt::format("the claim {} has {} bytes: must have 1 to {}", shown, text->size(), max)};
  if (HasControlCharacter(*text)) {
    return TokenRefusal{rule, fmt::format("the claim {} is {}: must not have control characters", shown,
                                          QuotedForHeader(*text))};
  }
  *name = std::string_view(*text);
  return std::nullopt;
}

}  // namespace

std::variant<Claims, TokenRefusal> CheckClaims(const json::object& payload, const TokenRules& rules,
                                               WallTime now) {
  Claims claims;
  if (Refusal refusal = CheckIssuer(payload, rules)) return *std::move(refusal);
  if (Refusal refusal = CheckAudience(payload, rules)) return *std::move(refusal);
  if (Refusal refusal = CheckTimes(payload, rules.leeway, now, &claims.expire_time))
    return *std::move(refusal);
  const ClaimPath& principal = rules.principal_claim;
  if (Refusal refusal = TakeName(principal.Find(payload), principal.shown(), TokenRule::kPrincipal,
                                 kMaxPrincipalBytes, &claims.principal)) {
    return *std::move(refusal);
  }
  if (const json::value* const token_id = payload.if_contains("jti")) {
    if (Refusal refusal =
            TakeName(token_id, "'jti'", TokenRule::kTokenId, kMaxTokenIdBytes, &claims.token_id))
      return *std::move(refusal);
  }
  auto labels = MakeLabels(rules.labels, payload);
  if (const auto* const problem = std::get_if<std::string>(&labels))
    return TokenRefusal{TokenRule::kLabel, *problem};
  claims.labels = std::get<Labels>(std::move(labels));
  return claims;
}

}  // namespace drawbridge
