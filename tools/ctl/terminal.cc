#include "tools/ctl/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace drawbridge::ctl {
namespace {

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string_view SequenceOf(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kBold:
      return "\x1b[1m";
    case Style::kDim:
      return "\x1b[2m";
    case Style::kGood:
      return "\x1b[32m";
    case Style::kWarning:
      return "\x1b[33m";
    case Style::kBad:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

bool IsTerminal(int fd) { return ::isatty(fd) == 1; }

size_t TerminalHeight(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

Look LookOf(int fd) {
  if (!IsTerminal(fd)) return {};
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return {.width = known ? size.ws_col : size_t{80},
          .colour = Environment("NO_COLOR").empty() && Environment("TERM") != "dumb"};
}

std::string Styled(std::string_view text, Style style) {
  if (style == Style::kPlain || text.empty()) return std::string(text);
  return std::string(SequenceOf(style)) + std::string(text) + "\x1b[0m";
}

}  // namespace drawbridge::ctl
