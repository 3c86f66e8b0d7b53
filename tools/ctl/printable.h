// What clients and the gateway say, made fit for a terminal: no text of theirs may move the cursor, change
// colours or turn the direction of writing.
#ifndef DRAWBRIDGE_TOOLS_CTL_PRINTABLE_H_
#define DRAWBRIDGE_TOOLS_CTL_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace drawbridge::ctl {

// The functions here set the process's LC_CTYPE to C.UTF-8 when first called, so the first call is to be made
// before there is another thread that asks for the locale.

// `text` with every control character, every format character that turns or hides text, and every byte that
// is no UTF-8 written as an escape: \x1b, \u202e. Idempotent.
std::string Printable(std::string_view text);

// Columns that a printable text takes on a terminal.
size_t DisplayWidth(std::string_view printable);

// As much of it as fits into `width` columns; its last column is an ellipsis where something is missing.
std::string Shorten(std::string_view printable, size_t width);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_PRINTABLE_H_
