// Runs drawbridgectl as a script does.
#ifndef DRAWBRIDGE_TESTS_TOOLS_CTL_CTL_H_
#define DRAWBRIDGE_TESTS_TOOLS_CTL_CTL_H_

#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace drawbridge {

inline std::vector<std::string> CtlCommand(const std::string& address, std::vector<std::string> words) {
  words.insert(words.begin(), {"tools/ctl/drawbridgectl", "--address", address});
  return words;
}

// Runs it to its end. `input`, which has no zero byte, is its standard input, which is not a terminal.
inline ChildProcess::Exit Ctl(const std::string& address, std::vector<std::string> words,
                              const std::string& input = "") {
  words = CtlCommand(address, std::move(words));
  words.insert(words.begin(),
               {"/bin/sh", "-c", R"(input=$1; shift; printf %s "$input" | "$@")", "sh", input});
  return ChildProcess(words, {"LC_ALL=C"}).Wait();
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_TOOLS_CTL_CTL_H_
