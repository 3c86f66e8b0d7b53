#include "tools/ctl/usage.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "tools/ctl/suggest.h"

namespace drawbridge::ctl {
namespace {

std::vector<std::string> Commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> Flags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The global flags, and the flags of the subcommand on the command line.
std::vector<std::string> KnownFlags(const CLI::App& app) {
  std::vector<std::string> names = Flags(app);
  for (const CLI::App* command : app.get_subcommands()) {
    for (const std::string& name : Flags(*command)) names.push_back(name);
  }
  return names;
}

std::string UnknownCommand(const CLI::App& app, const std::string& word) {
  std::vector<std::string> candidates = Commands(app);
  candidates.insert(candidates.end(), {"--help", "--version"});  // users often type "help"
  return fmt::format("unknown command \"{}\"{}", word, DidYouMean(word, candidates));
}

std::string UnknownFlag(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  return fmt::format("unknown flag \"{}\"{}", name, DidYouMean(name, KnownFlags(app)));
}

}  // namespace

std::string UsageError(const CLI::App& app, const CLI::Error& error) {
  const std::vector<std::string> unknown = app.remaining(true);
  for (const std::string& word : unknown) {
    if (word.starts_with('-') && word != "-" && word != "--") return UnknownFlag(app, word);
    if (app.get_subcommands().empty()) return UnknownCommand(app, word);
  }
  if (!unknown.empty()) return fmt::format("unexpected argument \"{}\"", unknown.front());
  if (app.get_subcommands().empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    return "a command is missing: one of " + absl::StrJoin(Commands(app), ", ");
  return error.what();
}

std::string Blame(const CLI::App& app, int argc, const char* const* argv, const std::string& complaint) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string variable = option->get_envname();
    if (variable.empty() || std::getenv(variable.c_str()) == nullptr) continue;
    const std::string flag = option->get_name();  // "--address"
    if (!complaint.starts_with(flag + " ")) continue;
    for (int i = 1; i < argc; ++i) {
      if (std::string_view(argv[i]) == flag || std::string_view(argv[i]).starts_with(flag + "="))
        return complaint;
    }
    return variable + complaint.substr(flag.size());
  }
  return complaint;
}

}  // namespace drawbridge::ctl
