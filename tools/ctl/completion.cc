// `completion`: prints a completion script for a shell.
#include <memory>
#include <string>

#include "tools/ctl/completion_script.h"
#include "tools/ctl/define.h"
#include "tools/ctl/output.h"

namespace drawbridge::ctl {
namespace {

struct Flags {
  const CLI::App* app = nullptr;
  std::string shell;
};

ExitCode Complete(const Flags& flags, Session& /*session*/) {
  const CommandWords words = WordsOf(*flags.app);
  Print(flags.shell == "bash"  ? BashScript(words)
        : flags.shell == "zsh" ? ZshScript(words)
                               : FishScript(words));
  return ExitCode::kOk;
}

}  // namespace

void DefineCompletion(CLI::App& app, Action* chosen) {
  const auto flags = std::make_shared<Flags>();
  flags->app = &app;
  CLI::App* completion = Subcommand(app, "completion", "Print a shell completion script for drawbridgectl",
                                    "  source <(drawbridgectl completion bash)\n"
                                    "  source <(drawbridgectl completion zsh)\n"
                                    "  drawbridgectl completion fish | source\n",
                                    flags, Complete, chosen);
  completion
      ->add_option_function<std::string>(
          "SHELL",
          [flags](const std::string& shell) {
            if (shell != "bash" && shell != "zsh" && shell != "fish")
              throw CLI::ValidationError("SHELL is \"" + shell + "\": must be one of bash, zsh, fish");
            flags->shell = shell;
          },
          "The shell")
      ->required()
      ->type_name("bash|zsh|fish");
}

}  // namespace drawbridge::ctl
