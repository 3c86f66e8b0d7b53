// Helpers that define subcommands and flags, so that all of them reject invalid values with the same wording.
#ifndef DRAWBRIDGE_TOOLS_CTL_DEFINE_H_
#define DRAWBRIDGE_TOOLS_CTL_DEFINE_H_

#include <CLI/App.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tools/ctl/command.h"

namespace drawbridge::ctl {

// Throws the CLI11 exception for an invalid command line.
[[noreturn]] void Refuse(const std::string& flag, const std::string& value, const std::string& wanted);

CLI::Option* TextFlag(CLI::App& app, const std::string& name, std::string* value, const std::string& help);
// `*value` is unchanged if the flag is not given.
CLI::Option* NumberFlag(CLI::App& app, const std::string& name, int64_t* value, const std::string& help,
                        int64_t low, int64_t high);
CLI::Option* DurationFlag(CLI::App& app, const std::string& name, absl::Duration* value,
                          const std::string& help, absl::Duration low, absl::Duration high);
CLI::Option* ChoiceFlag(CLI::App& app, const std::string& name, std::string* value, const std::string& help,
                        const std::vector<std::string>& choices);
// A filter expression: see docs/filter.md.
CLI::Option* FilterFlag(CLI::App& app, std::string* value, const std::string& help);

// Defines a subcommand whose flags are stored in a `Flags` and whose action is `run`. `example` is the lines
// that its --help prints as examples.
template <typename Flags>
CLI::App* Subcommand(CLI::App& app, const std::string& name, const std::string& help,
                     const std::string& example, const std::shared_ptr<Flags>& flags,
                     ExitCode (*run)(const Flags&, Session&), Action* chosen) {
  CLI::App* subcommand = app.add_subcommand(name, help);
  subcommand->fallthrough();  // global flags such as -o and --address may follow the subcommand
  subcommand->footer("Examples:\n" + example);
  subcommand->callback([=] { *chosen = [flags, run](Session& session) { return run(*flags, session); }; });
  return subcommand;
}

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_DEFINE_H_
