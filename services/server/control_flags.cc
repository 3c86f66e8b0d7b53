#include "services/server/control_flags.h"

#include <fmt/format.h>

#include "gateway/base/clock.h"
#include "gateway/listener/address.h"
#include "services/auth/known_callers.h"
#include "services/control/bans_file.h"
#include "services/server/tls_flags.h"

namespace drawbridge {
namespace {

// The error of the file itself.
std::string CallersProblem(const std::string& path) {
  if (path.empty()) return {};
  try {
    bool exposed = false;  // the server logs a warning
    KnownCallers::Parse(ReadCallersFile(path, &exposed));
  } catch (const CallersError& error) {
    return fmt::format("--control_tokens is \"{}\": {}", path, error.what());
  }
  return {};
}

std::string BansProblem(const std::string& path) {
  if (path.empty()) return {};
  try {
    ReadBansFile(path, SystemClock().Wall());
  } catch (const BansFileError& error) {
    return fmt::format("--bans_file is \"{}\": {}", path, error.what());
  }
  return {};
}

std::string ExposureProblem(const Flags& flags) {
  const auto address = SocketAddress::Parse(flags.control_listen);
  if (flags.control_insecure || (address.has_value() && address->is_loopback())) return {};
  if (flags.control_tokens.empty()) {
    return fmt::format(
        "--control_listen is \"{}\": must be a loopback address, unless callers are authenticated "
        "(--control_tokens with --control_tls_cert) or --control_insecure is given",
        flags.control_listen);
  }
  if (flags.control_tls_cert.empty()) {
    return fmt::format(
        "--control_listen is \"{}\": must be a loopback address, unless tokens are encrypted "
        "(--control_tls_cert) or --control_insecure is given",
        flags.control_listen);
  }
  return {};
}

}  // namespace

std::string ControlContradiction(const Flags& flags) {
  if (std::string problem = ControlTlsContradiction(flags); !problem.empty()) return problem;
  if (flags.control_tls_client_auth != "none" && flags.control_tokens.empty()) {
    return fmt::format(
        "--control_tls_client_auth is \"{}\": must come with --control_tokens, whose lines cert:SUBJECT ROLE "
        "give certificates their roles",
        flags.control_tls_client_auth);
  }
  if (std::string problem = CallersProblem(flags.control_tokens); !problem.empty()) return problem;
  if (std::string problem = BansProblem(flags.bans_file); !problem.empty()) return problem;
  return ExposureProblem(flags);
}

}  // namespace drawbridge
