// A subcommand: its flags, and the action that runs after they are parsed.
#ifndef DRAWBRIDGE_TOOLS_CTL_COMMAND_H_
#define DRAWBRIDGE_TOOLS_CTL_COMMAND_H_

#include <functional>

#include "tools/ctl/client.h"
#include "tools/ctl/exit_code.h"

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}  // namespace CLI

namespace drawbridge::ctl {

// What every subcommand gets.
struct Session {
  ControlClient& client;
  bool json = false;
};

using Action = std::function<ExitCode(Session&)>;

// Each defines one subcommand on `app`. Parsing a command line that names the subcommand sets `*chosen`,
// which may be called until `app` is destroyed.
void DefineLs(CLI::App& app, Action* chosen);
void DefineGet(CLI::App& app, Action* chosen);
void DefineCount(CLI::App& app, Action* chosen);
void DefineInterrupt(CLI::App& app, Action* chosen);
void DefineBan(CLI::App& app, Action* chosen);
void DefineBans(CLI::App& app, Action* chosen);
void DefineUnban(CLI::App& app, Action* chosen);
void DefineSend(CLI::App& app, Action* chosen);
void DefineBroadcast(CLI::App& app, Action* chosen);
void DefineLabel(CLI::App& app, Action* chosen);
void DefineWatch(CLI::App& app, Action* chosen);
void DefineTop(CLI::App& app, Action* chosen);
void DefineNodes(CLI::App& app, Action* chosen);
void DefineDrain(CLI::App& app, Action* chosen);
void DefineResume(CLI::App& app, Action* chosen);
void DefineToken(CLI::App& app, Action* chosen);
void DefineCompletion(CLI::App& app, Action* chosen);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_COMMAND_H_
