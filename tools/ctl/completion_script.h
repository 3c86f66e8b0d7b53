// Completion scripts for shells, generated from the definitions of the subcommands and flags.
#ifndef DRAWBRIDGE_TOOLS_CTL_COMPLETION_SCRIPT_H_
#define DRAWBRIDGE_TOOLS_CTL_COMPLETION_SCRIPT_H_

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}  // namespace CLI

namespace drawbridge::ctl {

struct FlagWords {
  std::string name;  // with its dashes
  std::string help;
  bool takes_value = false;
  std::vector<std::string> choices;  // accepted values; empty: any value
};

struct SubcommandWords {
  std::string name;
  std::string help;
  std::vector<FlagWords> flags;
  std::vector<std::string> arguments;  // choices of its first argument
};

struct CommandWords {
  std::vector<FlagWords> flags;  // global flags, also accepted after a subcommand
  std::vector<SubcommandWords> subcommands;
};

CommandWords WordsOf(const CLI::App& app);

std::string BashScript(const CommandWords& words);
std::string ZshScript(const CommandWords& words);
std::string FishScript(const CommandWords& words);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_COMPLETION_SCRIPT_H_
