// What is wrong with a filter, and where.
#ifndef DRAWBRIDGE_SERVICES_FILTER_ERROR_H_
#define DRAWBRIDGE_SERVICES_FILTER_ERROR_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace drawbridge {

// Inside this package places are offsets in bytes; whoever asks from outside is told columns.
struct FilterError {
  size_t offset = 0;
  std::string message;  // what was expected and what was found
};

// "column 7: ...". Columns are characters of the filter's text, from 1.
std::string ToString(const FilterError& error, std::string_view filter);

// The text in double quotes, or its beginning where it is long. Cuts no character.
std::string Quote(std::string_view text);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_FILTER_ERROR_H_
