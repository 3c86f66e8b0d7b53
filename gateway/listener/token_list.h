// Tokens and lists of tokens in header fields (RFC 9110, sections 5.6.1 and 5.6.2).
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_TOKEN_LIST_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_TOKEN_LIST_H_

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/base/ascii.h"

namespace drawbridge {

inline bool IsTokenCharacter(char c) {
  return IsAlphanumeric(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

inline bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

// Splits `list` into views of its elements and skips empty ones. nullopt if `is_element` refuses one.
template <typename IsElement>
std::optional<std::vector<std::string_view>> ParseList(std::string_view list, IsElement is_element) {
  std::vector<std::string_view> elements = Split(list, ',');
  std::erase(elements, std::string_view());
  if (!std::ranges::all_of(elements, is_element)) return std::nullopt;
  return elements;
}

// #token
inline std::optional<std::vector<std::string_view>> ParseTokenList(std::string_view list) {
  return ParseList(list, IsToken);
}

// The protocols of an Upgrade header, each with its version where it has one (RFC 9110, section 7.8).
inline std::optional<std::vector<std::string_view>> ParseProtocolList(std::string_view list) {
  return ParseList(list, [](std::string_view protocol) {
    const size_t slash = std::min(protocol.find('/'), protocol.size());
    return IsToken(protocol.substr(0, slash)) &&
           (slash == protocol.size() || IsToken(protocol.substr(slash + 1)));
  });
}

// Whether `elements` contains `element`, which must be in lower case. Ignores case.
inline bool HasElement(const std::vector<std::string_view>& elements, std::string_view element) {
  return std::ranges::any_of(elements, [element](std::string_view each) { return ToLower(each) == element; });
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_TOKEN_LIST_H_
