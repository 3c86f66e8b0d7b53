// drawbridgectl: sees and controls the connections of a gateway from a terminal or a script, by the public
// API alone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "absl/strings/ascii.h"
#include "tools/ctl/access.h"
#include "tools/ctl/client.h"
#include "tools/ctl/command.h"
#include "tools/ctl/define.h"
#include "tools/ctl/errors.h"
#include "tools/ctl/output.h"

namespace drawbridge::ctl {
namespace {

constexpr const char* kAbout = "Sees and controls the WebSocket connections of a Drawbridge gateway.";

constexpr const char* kFooter =
    "Examples:\n"
    "  drawbridgectl ls --filter 'path = \"/chat*\"'\n"
    "  drawbridgectl interrupt 16zr-lix5wdo0-0k3v9c2m7x1qd --code 4001 --reason 'token revoked'\n"
    "  drawbridgectl interrupt --help\n"
    "  drawbridgectl --address gateway:9090 --tls --token_file ~/.drawbridge.token ls\n"
    "\n"
    "A token never stands on the command line, where every user of the machine could read it: it comes from\n"
    "a file. `drawbridgectl token` makes one.\n"
    "\n"
    "Exit codes:\n"
    "  0    done\n"
    "  1    the gateway refused or failed, a node did not answer, or the output could not be written\n"
    "  2    the command line is wrong, or the message to send is\n"
    "  3    no such connection\n"
    "  4    the gateway cannot be reached, or did not answer in time\n"
    "  5    not confirmed, nothing was closed\n"
    "  6    the gateway does not know the caller: no token or certificate, or one that is not valid\n"
    "  7    the caller's role does not allow it\n"
    "  130  stopped by ^C\n";

struct GlobalFlags {
  Access access;
  std::string output = "table";
  absl::Duration timeout = absl::Seconds(10);
};

void FileFlag(CLI::App& app, const std::string& name, std::string* value, const std::string& help) {
  TextFlag(app, name, value, help)->envname("DRAWBRIDGE_" + absl::AsciiStrToUpper(name))->type_name("FILE");
}

void DefineGlobal(CLI::App& app, GlobalFlags* flags) {
  Access& access = flags->access;
  TextFlag(app, "address", &access.address,
           "The gateway's control API; port 9090 if none is given [127.0.0.1:9090]")
      ->envname("DRAWBRIDGE_ADDRESS")
      ->type_name("HOST[:PORT]");
  app.add_flag("--tls", access.tls, "Speak TLS; so do the four flags below")->envname("DRAWBRIDGE_TLS");
  FileFlag(app, "ca_cert", &access.ca_cert,
           "Authorities of the gateway's certificate, in PEM [the system's]");
  FileFlag(app, "cert", &access.cert, "Certificate chain to show to the gateway, in PEM");
  FileFlag(app, "key", &access.key, "Key of that certificate, in PEM");
  TextFlag(app, "server_name", &access.server_name, "Name in the gateway's certificate [that of --address]")
      ->envname("DRAWBRIDGE_SERVER_NAME");
  FileFlag(app, "token_file", &access.token_file, "File with the token that says who is calling");
  app.add_flag("--insecure_token", access.insecure_token,
               "Send the token even without TLS beyond this machine")
      ->envname("DRAWBRIDGE_INSECURE_TOKEN");
  app.add_flag(
         "--use_proxy", access.use_proxy,
         "With TLS, go through the proxy that https_proxy or http_proxy names, unless no_proxy excludes the\n"
         "gateway. Loopback addresses are always reached directly")
      ->envname("DRAWBRIDGE_USE_PROXY");
  DurationFlag(app, "timeout", &flags->timeout, "How long a call may take [10s]", absl::Milliseconds(1),
               absl::Hours(24));
  ChoiceFlag(app, "-o,--output", &flags->output,
             "A table for people, or JSON for scripts, one object a line [table]", {"table", "json"});
}

void DefineSubcommands(CLI::App& app, Action* chosen) {
  app.require_subcommand(1);
  DefineLs(app, chosen);
  DefineGet(app, chosen);
  DefineInterrupt(app, chosen);
  DefineSend(app, chosen);
  DefineBroadcast(app, chosen);
  DefineLabel(app, chosen);
  DefineWatch(app, chosen);
  DefineTop(app, chosen);
  DefineToken(app, chosen);
  DefineCompletion(app, chosen);
}

ExitCode Act(const GlobalFlags& flags, const Action& action) {
  // What gRPC has to say about a failure comes with the status.
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
  GlobalFlags flags;
  Action action;
  DefineGlobal(app, &flags);
  DefineSubcommands(app, &action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    Print(app.help());
    return ExitCode::kOk;
  } catch (const CLI::Error& error) {
    Complain(std::string(error.what()) + " (see --help)");
    return ExitCode::kUsage;
  }
  try {
    return Act(flags, action);
  } catch (const AccessError& error) {
    Complain(std::string(error.what()) + " (see --help)");
    return ExitCode::kUsage;
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
