#include "tools/ctl/confirm.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "absl/strings/ascii.h"
#include "tools/ctl/printable.h"
#include "tools/ctl/terminal.h"

namespace drawbridge::ctl {

bool CanAsk() { return IsTerminal(STDIN_FILENO) && IsTerminal(STDERR_FILENO); }

bool Confirm(const std::string& question) {
  std::fputs((Printable(question) + " [y/N] ").c_str(), stderr);
  std::string answer;
  if (!std::getline(std::cin, answer)) std::fputs("\n", stderr);
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  return answer == "y" || answer == "yes";
}

}  // namespace drawbridge::ctl
