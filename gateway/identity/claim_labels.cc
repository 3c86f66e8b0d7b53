#include "gateway/identity/claim_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "gateway/identity/quoted.h"

namespace drawbridge {
namespace {

namespace json = boost::json;

constexpr std::string_view kTypes = "a string, a number, a boolean or an array of strings without commas";

// nullopt where an element cannot be part of a value.
std::optional<std::string> Join(const json::array& list) {
  std::string joined;
  for (const json::value& element : list) {
    const json::string* const text = element.if_string();
    if (text == nullptr || text->find(',') != json::string::npos) return std::nullopt;
    if (&element != list.begin()) joined.push_back(',');
    joined.append(*text);
  }
  return joined;
}

// nullopt for what cannot be a value.
std::optional<std::string> TextOf(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::int64:
      return std::to_string(value.get_int64());
    case json::kind::uint64:
      return std::to_string(value.get_uint64());
    case json::kind::double_:
      return fmt::format("{}", value.get_double());
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::array:
      return Join(value.get_array());
    default:
      return std::nullopt;
  }
}

std::variant<LabelRule, std::string> ParseRule(std::string_view text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) return "must be CLAIM=LABEL";
  auto claim = ClaimPath::Parse(text.substr(0, equals));
  if (const auto* const problem = std::get_if<std::string>(&claim))
    return fmt::format("the claim {}", *problem);
  const std::string_view key = text.substr(equals + 1);
  if (!IsLabelKey(key))
    return fmt::format("the label must have 1 to {} characters of [a-z0-9_.-]", kMaxLabelKeyBytes);
  return LabelRule{.claim = std::get<ClaimPath>(std::move(claim)), .key = std::string(key)};
}

}  // namespace

std::variant<std::vector<LabelRule>, std::string> ParseLabelRules(const std::vector<std::string>& texts) {
  if (texts.size() > kMaxLabels)
    return fmt::format("there are {} labels: at most {} are allowed", texts.size(), kMaxLabels);
  std::vector<LabelRule> rules;
  rules.reserve(texts.size());
  for (const std::string& text : texts) {
    auto rule = ParseRule(text);
    if (const auto* const problem = std::get_if<std::string>(&rule))
      return fmt::format("{}: {}", QuotedForHeader(text), *problem);
    auto& parsed = std::get<LabelRule>(rule);
    if (std::ranges::find(rules, parsed.key, &LabelRule::key) != rules.end())
      return fmt::format("{}: another rule sets this label too", QuotedForHeader(text));
    rules.push_back(std::move(parsed));
  }
  return rules;
}

std::variant<Labels, std::string> MakeLabels(const std::vector<LabelRule>& rules,
                                             const json::object& claims) {
  Labels labels;
  labels.reserve(rules.size());
  for (const LabelRule& rule : rules) {
    const json::value* const claim = rule.claim.Find(claims);
    if (claim == nullptr) continue;
    auto value = TextOf(*claim);
    if (!value.has_value()) return fmt::format("the claim {} must be {}", rule.claim.shown(), kTypes);
    if (value->size() > kMaxLabelValueBytes) {
      return fmt::format("the claim {} makes a label of {} bytes: at most {} are allowed", rule.claim.shown(),
                         value->size(), kMaxLabelValueBytes);
    }
    labels.emplace_back(rule.key, *std::move(value));
  }
  return labels;
}

}  // namespace drawbridge
