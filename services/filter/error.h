// The error of an invalid filter and its position.
#ifndef DRAWBRIDGE_SERVICES_FILTER_ERROR_H_
#define DRAWBRIDGE_SERVICES_FILTER_ERROR_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace drawbridge {

// Positions inside this package are offsets in bytes. Messages to callers have columns.
struct FilterError {
  size_t offset = 0;
  std::string message;  // what was expected and what was found
};

// "column 7: ...". Columns are characters of the filter's text, from 1.
std::string ToString(const FilterError& error, std::string_view filter);

// The text in double quotes, truncated between two characters if it is long.
std::string Quote(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_ERROR_H_
