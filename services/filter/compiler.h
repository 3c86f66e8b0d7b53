// From the expression of a filter to its predicate: fields are looked up, values take their types.
#ifndef DRAWBRIDGE_SERVICES_FILTER_COMPILER_H_
#define DRAWBRIDGE_SERVICES_FILTER_COMPILER_H_

#include <variant>

#include "services/filter/error.h"
#include "services/filter/expression.h"
#include "services/filter/predicate.h"

namespace drawbridge {

// Any thread; never blocks.
std::variant<Predicate, FilterError> CompileFilter(const Expression& expression);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_COMPILER_H_
