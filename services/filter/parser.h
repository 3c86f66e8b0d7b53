// From the text of a filter to its expression.
//
//   filter     = "*" / sequence
//   sequence   = term *("AND" term) / term *("OR" term)
//   term       = ["NOT" / "-"] simple
//   simple     = "(" sequence ")" / field comparator value / "cidr" "(" field "," value ")"
//   comparator = "=" / "!=" / "<" / "<=" / ">" / ">=" / ":"
//
// It is a subset of AIP-160. There OR binds tighter than AND, the reverse of what most people expect, so one
// level holds the one or the other: the mixture is refused, since whoever misreads it closes the wrong
// clients.
#ifndef DRAWBRIDGE_SERVICES_FILTER_PARSER_H_
#define DRAWBRIDGE_SERVICES_FILTER_PARSER_H_

#include <cstddef>
#include <string_view>
#include <variant>

#include "services/filter/error.h"
#include "services/filter/expression.h"

namespace drawbridge {

inline constexpr size_t kMaxFilterBytes = 4096;
inline constexpr size_t kMaxFilterTerms = 32;  // and the same for parentheses inside each other

// Any thread; never blocks. The first thing that is wrong, from the left, is the error.
std::variant<Expression, FilterError> ParseFilter(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_PARSER_H_
