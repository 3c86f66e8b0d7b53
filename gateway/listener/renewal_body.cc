#include "gateway/listener/renewal_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "gateway/identity/quoted.h"
#include "gateway/identity/strict_json.h"

namespace drawbridge {
namespace {

namespace json = boost::json;

constexpr std::string_view kMember = "connectionIds";

std::variant<RenewalIds, std::string> IdsOf(const json::value& value) {
  const json::array* const array = value.if_array();
  if (array == nullptr || array->empty() || array->size() > kMaxRenewalIds)
    return fmt::format("has a member {} that is not an array of 1 to {} strings", kMember, kMaxRenewalIds);
  std::vector<std::string> ids;
  ids.reserve(array->size());
  for (const json::value& each : *array) {
    const json::string* const id = each.if_string();
    if (id == nullptr) return fmt::format("has an element of {} that is not a string", kMember);
    ids.emplace_back(id->data(), id->size());
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

std::variant<RenewalIds, std::string> ParseRenewalBody(std::string_view body) {
  if (body.empty()) return RenewalIds();
  auto parsed = ParseStrictJson(body);
  if (auto* const problem = std::get_if<std::string>(&parsed)) return std::move(*problem);
  const auto& object = std::get<json::object>(parsed);
  if (object.empty()) return RenewalIds();
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name != kMember)
      return fmt::format("has the member {}: only {} is known", QuotedForHeader(name), kMember);
  }
  return IdsOf(object.begin()->value());
}

}  // namespace drawbridge
