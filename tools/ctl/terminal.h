// What a file descriptor shows to a person: how wide, whether in colour, whether at all.
#ifndef DRAWBRIDGE_TOOLS_CTL_TERMINAL_H_
#define DRAWBRIDGE_TOOLS_CTL_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace drawbridge::ctl {

struct Look {
  size_t width = 0;  // columns; 0: as wide as it takes
  bool colour = false;
};

bool IsTerminal(int fd);
// Rows of a terminal; 24 where it does not say.
size_t TerminalHeight(int fd);
// No terminal: any width, no colour. Colour takes a terminal that is not dumb and no NO_COLOR.
Look LookOf(int fd);

enum class Style { kPlain, kBold, kDim, kGood, kWarning, kBad };
// `text` between the escape sequences of a style; the text itself must be printable.
std::string Styled(std::string_view text, Style style);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TERMINAL_H_
