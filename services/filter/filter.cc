#include "services/filter/filter.h"

#include <utility>

#include "services/filter/compiler.h"
#include "services/filter/error.h"
#include "services/filter/expression.h"
#include "services/filter/field.h"
#include "services/filter/parser.h"

namespace drawbridge {

std::variant<Filter, std::string> Filter::Parse(std::string_view text) {
  const auto parsed = ParseFilter(text);
  if (const auto* error = std::get_if<FilterError>(&parsed)) return ToString(*error, text);
  const auto& expression = std::get<Expression>(parsed);
  auto compiled = CompileFilter(expression);
  if (const auto* error = std::get_if<FilterError>(&compiled)) return ToString(*error, text);
  return Filter(expression, std::get<Predicate>(std::move(compiled)));
}

Filter Filter::Of(const Expression& expression) {
  return {expression, std::get<Predicate>(CompileFilter(expression))};
}

Filter::Filter(const Expression& expression, Predicate predicate)
    : text_(ToString(expression)),
      predicate_(std::move(predicate)),
      lookups_(LookupsOf(predicate_)),
      exact_key_(ExactKeyOf(predicate_)) {}

std::string_view Filter::MovingField() const {
  const auto field = predicate_.MovingField();
  return field.has_value() ? NameOf(*field) : std::string_view();
}

}  // namespace drawbridge
