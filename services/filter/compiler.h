// Compiles the expression of a filter to a predicate: resolves fields and converts values to their types.
#ifndef DRAWBRIDGE_SERVICES_FILTER_COMPILER_H_
#define DRAWBRIDGE_SERVICES_FILTER_COMPILER_H_

#include <variant>

#include "services/filter/error.h"
#include "services/filter/expression.h"
#include "services/filter/predicate.h"

namespace drawbridge {

// Thread-safe; never blocks.
std::variant<Predicate, FilterError> CompileFilter(const Expression& expression);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_COMPILER_H_
