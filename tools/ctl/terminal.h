// The terminal behind a file descriptor: whether there is one, its width, and whether it has colours.
#ifndef DRAWBRIDGE_TOOLS_CTL_TERMINAL_H_
#define DRAWBRIDGE_TOOLS_CTL_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace drawbridge::ctl {

struct Look {
  size_t width = 0;  // columns; 0: unlimited
  bool colour = false;
};

bool IsTerminal(int fd);
// The number of rows of a terminal; 24 if unknown.
size_t TerminalHeight(int fd);
// Without a terminal, the width is unlimited and there is no colour. Colour also requires that TERM is not
// "dumb" and NO_COLOR is not set.
Look LookOf(int fd);

enum class Style { kPlain, kBold, kDim, kGood, kWarning, kBad };
// Returns `text` between the escape sequences of a style. `text` must be printable.
std::string Styled(std::string_view text, Style style);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TERMINAL_H_
