// Collects the subcommands and flags from their CLI11 definitions.
#include <CLI/App.hpp>

#include "absl/strings/str_split.h"
#include "tools/ctl/completion_script.h"

namespace drawbridge::ctl {
namespace {

// A type name such as "a|b|c" in a definition lists all accepted values.
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (type.find('|') == std::string::npos) return {};
  return absl::StrSplit(type, '|');
}

std::vector<FlagWords> FlagsOf(const CLI::App& app) {
  std::vector<FlagWords> flags;
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    for (const std::string& name : option->get_lnames())
      flags.push_back({"--" + name, option->get_description(), takes_value, ChoicesOf(*option)});
    for (const std::string& name : option->get_snames())
      flags.push_back({"-" + name, option->get_description(), takes_value, ChoicesOf(*option)});
  }
  return flags;
}

}  // namespace

CommandWords WordsOf(const CLI::App& app) {
  CommandWords words{FlagsOf(app), {}};
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    SubcommandWords found{subcommand->get_name(), subcommand->get_description(), FlagsOf(*subcommand), {}};
    for (const CLI::Option* option : subcommand->get_options()) {
      if (!option->nonpositional() && found.arguments.empty()) found.arguments = ChoicesOf(*option);
    }
    words.subcommands.push_back(found);
  }
  return words;
}

}  // namespace drawbridge::ctl
