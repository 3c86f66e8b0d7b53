#include "tools/ctl/global_flags.h"

#include "absl/strings/ascii.h"
#include "tools/ctl/define.h"

namespace drawbridge::ctl {
namespace {

// The environment variable that sets the flag.
std::string VariableOf(const std::string& name) { return "DRAWBRIDGE_" + absl::AsciiStrToUpper(name); }

void Switch(CLI::App& app, const std::string& name, bool* value, const std::string& help) {
  app.add_flag("--" + name, *value, help)->envname(VariableOf(name));
}

CLI::Option* Text(CLI::App& app, const std::string& name, std::string* value, const std::string& help) {
  return TextFlag(app, name, value, help)->envname(VariableOf(name));
}

void File(CLI::App& app, const std::string& name, std::string* value, const std::string& help) {
  Text(app, name, value, help)->type_name("FILE");
}

}  // namespace

void DefineGlobal(CLI::App& app, GlobalFlags* flags) {
  Access& access = flags->access;
  Text(app, "address", &access.address,
       "The gateway's control API; port 9090 if none is given [127.0.0.1:9090]")
      ->type_name("HOST[:PORT]");
  Switch(app, "tls", &access.tls, "Speak TLS; each of the four flags below implies it");
  File(app, "ca_cert", &access.ca_cert, "Authorities of the gateway's certificate, in PEM [the system's]");
  File(app, "cert", &access.cert, "Client certificate chain, in PEM");
  File(app, "key", &access.key, "Private key of --cert, in PEM");
  Text(app, "server_name", &access.server_name, "Name in the gateway's certificate [that of --address]");
  File(app, "token_file", &access.token_file, "File with the caller's token");
  Switch(app, "insecure_token", &access.insecure_token, "Send the token without TLS also to other machines");
  Switch(app, "use_proxy", &access.use_proxy,
         "With TLS, use the proxy in https_proxy, unless no_proxy lists the gateway");
  DurationFlag(app, "timeout", &flags->timeout, "How long a call may take [10s]", absl::Milliseconds(1),
               absl::Hours(24));
  ChoiceFlag(app, "-o,--output", &flags->output, "A table, or JSON with one object per line [table]",
             {"table", "json"});
}

}  // namespace drawbridge::ctl
