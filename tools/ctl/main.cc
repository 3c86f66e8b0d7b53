// drawbridgectl: shows and controls the connections of a gateway from a terminal or a script. It uses only
// the public API.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "gateway/base/version.h"
#include "tools/ctl/access.h"
#include "tools/ctl/client.h"
#include "tools/ctl/command.h"
#include "tools/ctl/define.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/global_flags.h"
#include "tools/ctl/output.h"
#include "tools/ctl/usage.h"

namespace drawbridge::ctl {
namespace {

constexpr const char* kAbout = "Shows and controls the WebSocket connections of a Drawbridge gateway.";

constexpr const char* kFooter =
    "Examples:\n"
    "  drawbridgectl ls --filter 'path = \"/chat*\"'\n"
    "  drawbridgectl interrupt 16zr-lix5wdo0-0k3v9c2m7x1qd --code 4001 --reason 'token revoked'\n"
    "  drawbridgectl interrupt --help\n"
    "  drawbridgectl --address gateway:9090 --tls --token_file ~/.drawbridge.token ls\n"
    "\n"
    "The token is read from a file, because every user of the machine can read the command lines of\n"
    "processes. `drawbridgectl token` creates a token.\n"
    "\n"
    "Exit codes:\n"
    "  0    done\n"
    "  1    the gateway refused or failed, a node did not answer, or the output could not be written\n"
    "  2    bad input: the command line, a file that it names, or a value that the gateway refuses\n"
    "  3    no such connection, node or ban\n"
    "  4    the gateway cannot be reached, or did not answer in time\n"
    "  5    not confirmed, nothing was done\n"
    "  6    not authenticated: no token or client certificate, or one that is not valid\n"
    "  7    the caller's role does not allow it\n"
    "  130  stopped by ^C\n";

void DefineSubcommands(CLI::App& app, Action* chosen) {
  app.require_subcommand(1);
  DefineLs(app, chosen);
  DefineGet(app, chosen);
  DefineCount(app, chosen);
  DefineInterrupt(app, chosen);
  DefineBan(app, chosen);
  DefineBans(app, chosen);
  DefineUnban(app, chosen);
  DefineSend(app, chosen);
  DefineBroadcast(app, chosen);
  DefineLabel(app, chosen);
  DefineWatch(app, chosen);
  DefineTop(app, chosen);
  DefineNodes(app, chosen);
  DefineDrain(app, chosen);
  DefineResume(app, chosen);
  DefineToken(app, chosen);
  DefineCompletion(app, chosen);
}

ExitCode Act(const GlobalFlags& flags, const Action& action) {
  // gRPC's own log on standard error is not needed: the status describes each failure.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  ControlClient client(flags.access, flags.timeout);
  Session session{client, flags.output == "json"};
  const ExitCode code = action(session);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    Complain("cannot write the output");
    return ExitCode::kFailed;
  }
  return code;
}

ExitCode Run(int argc, const char* const* argv) {
  CLI::App app(kAbout, "drawbridgectl");
  app.footer(kFooter);
  app.get_formatter()->column_width(28);
  app.set_version_flag("--version", fmt::format("drawbridgectl {}", kVersion), "Print the version and exit");
  GlobalFlags flags;
  Action action;
  DefineGlobal(app, &flags);
  DefineSubcommands(app, &action);
  const auto refuse = [&](const std::string& complaint) {
    Complain(Blame(app, argc, argv, complaint) + " (see --help)");
    return ExitCode::kUsage;
  };
  try {
    app.parse(argc, argv);
    return Act(flags, action);
  } catch (const CLI::CallForHelp&) {
    Print(app.help());
    return ExitCode::kOk;
  } catch (const CLI::CallForVersion& version) {
    Print(std::string(version.what()) + "\n");
    return ExitCode::kOk;
  } catch (const CLI::Error& error) {
    return refuse(UsageError(app, error));
  } catch (const AccessError& error) {
    return refuse(error.what());
  }
}

}  // namespace
}  // namespace drawbridge::ctl

int main(int argc, char** argv) {
  try {
    return static_cast<int>(drawbridge::ctl::Run(argc, argv));
  } catch (const std::exception& error) {
    drawbridge::ctl::Complain(error.what());
    return static_cast<int>(drawbridge::ctl::ExitCode::kFailed);
  }
}
