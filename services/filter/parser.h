// Parses the text of a filter to an expression.
//
//   filter     = "*" / sequence
//   sequence   = term *("AND" term) / term *("OR" term)
//   term       = ["NOT" / "-"] simple
//   simple     = "(" sequence ")" / field comparator value / "cidr" "(" field "," value ")"
//   comparator = "=" / "!=" / "<" / "<=" / ">" / ">=" / ":"
//
// The language is a subset of AIP-160. In AIP-160 OR binds tighter than AND, the reverse of most languages.
// AND and OR are therefore not allowed at the same level: a misread filter could close the wrong clients.
#ifndef DRAWBRIDGE_SERVICES_FILTER_PARSER_H_
#define DRAWBRIDGE_SERVICES_FILTER_PARSER_H_

#include <cstddef>
#include <string_view>
#include <variant>

#include "services/filter/error.h"
#include "services/filter/expression.h"

namespace drawbridge {

inline constexpr size_t kMaxFilterBytes = 4096;
inline constexpr size_t kMaxFilterTerms = 32;  // also the limit of nested parentheses

// Thread-safe; never blocks. Returns the first error from the left.
std::variant<Expression, FilterError> ParseFilter(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_PARSER_H_
