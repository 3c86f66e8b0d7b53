// The syntax tree of a filter: terms joined by AND, OR and NOT. Fields and values are not resolved yet.
#ifndef DRAWBRIDGE_SERVICES_FILTER_EXPRESSION_H_
#define DRAWBRIDGE_SERVICES_FILTER_EXPRESSION_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge {

enum class Comparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kHas };
std::string_view SymbolOf(Comparator comparator);

// The value after a comparator.
struct Argument {
  size_t offset = 0;
  std::string text;       // without quotes, escapes and the wildcard
  bool wildcard = false;  // it ended with a `*`
};

struct Expression {
  enum class Kind {
    kAll,         // `*`
    kAnd,         // of two or more children
    kOr,          // of two or more children
    kNot,         // of one
    kComparison,  // FIELD COMPARATOR ARGUMENT
    kCidr,        // cidr(FIELD, ARGUMENT)
  };
  Kind kind = Kind::kAll;
  size_t offset = 0;  // in the text of the filter, in bytes
  std::vector<Expression> children;

  std::string field;
  Comparator comparator = Comparator::kEqual;
  size_t comparator_offset = 0;
  Argument argument = {};
};

// The filter in canonical form: values in double quotes, single spaces, NOT instead of -, and parentheses
// around nested levels. It parses to the same expression.
std::string ToString(const Expression& expression);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_EXPRESSION_H_
