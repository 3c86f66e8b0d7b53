// Escapes text from clients and from the gateway for a terminal, so that it cannot move the cursor, change
// colours or change the writing direction.
#ifndef DRAWBRIDGE_TOOLS_CTL_PRINTABLE_H_
#define DRAWBRIDGE_TOOLS_CTL_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace drawbridge::ctl {

// The first call of a function in this file sets the LC_CTYPE of the process to C.UTF-8. It must happen
// before another thread reads the locale.

// Returns `text` with these replaced by escapes such as \x1b and \u202e: control characters, format
// characters that reorder or hide text, and bytes that are not valid UTF-8. Idempotent.
std::string Printable(std::string_view text);

// The number of columns that a printable text occupies on a terminal.
size_t DisplayWidth(std::string_view printable);

// Cuts a printable text to `width` columns. The last column is an ellipsis if anything was cut.
std::string Shorten(std::string_view printable, size_t width);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_PRINTABLE_H_
