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
  Filter filter;
  filter.text_ = ToString(expression);
  filter.predicate_ = std::get<Predicate>(std::move(compiled));
  filter.lookups_ = LookupsOf(filter.predicate_);
  filter.exact_key_ = ExactKeyOf(filter.predicate_);
  return filter;
}

std::string_view Filter::MovingField() const {
  const auto field = predicate_.MovingField();
  return field.has_value() ? NameOf(*field) : std::string_view();
}

}  // namespace drawbridge
