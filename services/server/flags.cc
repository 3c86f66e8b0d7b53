#include "services/server/flags.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gateway/base/version.h"
#include "gateway/handlers/new_handler.h"
#include "gateway/listener/address.h"
#include "services/server/control_flags.h"
#include "services/server/descriptors.h"
#include "services/server/flag_definer.h"
#include "services/server/flag_mention.h"
#include "services/server/handshake_flags.h"
#include "services/server/identity_flags.h"
#include "services/server/machine_memory.h"
#include "services/server/reloadable_flags.h"
#include "services/server/session_flags.h"
#include "services/server/stray_variables.h"
#include "services/server/tls_flags.h"

namespace drawbridge {
namespace {

std::string WantAddress(const std::string& text) {
  return SocketAddress::Parse(text).has_value() ? ""
                                                : "must be ip:port or [ipv6]:port; port 0 picks a free one";
}

std::string WantNodeId(const std::string& text) {
  const bool valid = !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
  return valid ? "" : "must be 1 to 40 characters of [a-z0-9-]";
}

std::string NodeIdOf(std::string host_name) {
  for (char& c : host_name) c = absl::ascii_isalnum(c) ? absl::ascii_tolower(c) : '-';
  host_name.resize(std::min<size_t>(host_name.size(), 40));
  return host_name.empty() ? "node" : host_name;
}

void Define(Definer& define, Flags* flags, const Machine& machine) {
  constexpr uint64_t kGiga = 1'000'000'000;
  constexpr uint64_t kTera = 1'000'000'000'000;
  define.Text("flagfile", &flags->flagfile,
              "A file of further flags, one per line. The gateway checks it once a second, and reads it "
              "again when it changes and on SIGHUP. The command line overrides the file, which overrides the "
              "environment.",
              WantFile);
  define.Switch("health_check", &flags->health_check,
                "Ask the gateway that runs on this machine with the same --admin_listen whether it is "
                "healthy, print one line, and exit with 0 (healthy) or 1. Wait at most 3 s for the answer.");
  define.Text(
      "listen", &flags->listen,
      "The address where WebSocket clients connect: ip:port or [ipv6]:port. Port 0 picks a free port.",
      WantAddress);
  define.Text("control_listen", &flags->control_listen,
              "The address of the gRPC control API: ip:port or [ipv6]:port. Port 0 picks a free port. An "
              "address beyond loopback needs --control_tokens and --control_tls_cert, or --control_insecure.",
              WantAddress);
  define.Switch("control_insecure", &flags->control_insecure,
                "Let the control API listen beyond loopback although callers are not authenticated, or "
                "although their tokens are sent without encryption.");
  define.Text("control_tls_cert", &flags->control_tls_cert,
              "The certificate chain (PEM) of the control API. Empty: no TLS. The file is read again when it "
              "changes.",
              WantFile);
  define.Text("control_tls_key", &flags->control_tls_key,
              "The private key (PEM, without a passphrase) of --control_tls_cert. The file is read again "
              "when it changes.",
              WantFile);
  define.Text("control_tls_client_ca", &flags->control_tls_client_ca,
              "The certificates (PEM) of the authorities that may sign the certificates of callers. The file "
              "is read again when it changes.",
              WantFile);
  define.Choice("control_tls_client_auth", &flags->control_tls_client_auth,
                "Whether callers present a certificate. A line cert:SUBJECT ROLE of --control_tokens gives a "
                "role to a certificate.",
                {"none", "optional", "required"});
  define.Text("control_tokens", &flags->control_tokens,
              "The file of the callers that may use the control API, one per line: NAME ROLE SHA256HEX for a "
              "token, or cert:SUBJECT ROLE for a certificate. ROLE is viewer, sender or operator. Empty: "
              "callers are not authenticated. The file is read again when it changes.",
              WantFile);
  define.Text(
      "bans_file", &flags->bans_file,
      "The file in which bans survive a restart. The gateway creates it, and replaces it at each change of "
      "the bans; so it must also be able to create files in its folder. Empty: bans end with the process.",
      [](const std::string&) { return std::string(); });
  define.Text("admin_listen", &flags->admin_listen,
              "The address that serves /metrics, /healthz and /readyz over HTTP, without authentication: "
              "ip:port or [ipv6]:port. Port 0 picks a free port.",
              WantAddress);
  define.Text(
      "tls_cert", &flags->tls_cert,
      "The certificate chain (PEM) for clients (wss). Empty: no TLS. The file is read again when it changes.",
      WantFile);
  define.Text(
      "tls_key", &flags->tls_key,
      "The private key (PEM, without a passphrase) of --tls_cert. The file is read again when it changes.",
      WantFile);
  define.Text("tls_client_ca", &flags->tls_client_ca,
              "The certificates (PEM) of the authorities that may sign the certificates of clients. The file "
              "is read again when it changes.",
              WantFile);
  define.Choice("tls_client_auth", &flags->tls_client_auth,
                "Whether clients present a certificate. Its subject becomes the principal of the connection.",
                {"none", "optional", "required"});
  define.Text("node_id", &flags->node_id,
              "The name of this node, of 1 to 40 characters of [a-z0-9-]. Each connection id begins with it. "
              "The default is the host name.",
              WantNodeId);
  define.Number("io_threads", &flags->io_threads,
                "The number of threads that serve clients. The default is the number of cores.", 1, 256);
  define.Choice("handler", &flags->handler,
                "What to do with a message from a client: echo sends it back. discard counts and drops it, "
                "for a gateway that only pushes.",
                HandlerNames());
  define.Number("max_connections", &flags->max_connections,
                "The number of clients at a time. At the bound a further client gets HTTP 503 with "
                "Retry-After. The default is what the limit of descriptors leaves.",
                1, std::max<size_t>(ShareDescriptors(machine.descriptors, 1).clients, 1),
                fmt::format(" with this process's limit of {} descriptors", machine.descriptors));
  define.Switch("not_ready_when_full", &flags->not_ready_when_full,
                "Answer 503 on /readyz while as many clients as --max_connections are connected. Without "
                "this flag a full node stays ready, so that further clients reach it and get HTTP 503 with "
                "Retry-After.");
  define.Number("max_connections_per_address", &flags->max_connections_per_address,
                "The number of clients at a time that come from one address (of IPv6: from one /64). At the "
                "bound a further client gets HTTP 429 with Retry-After. 0: no bound.",
                0, kGiga);
  define.Number("handshakes_per_second", &flags->handshakes_per_second,
                "The number of clients that are accepted in one second, with a burst of one second. At the "
                "bound further clients wait. 0: no bound.",
                0, kGiga);
  define.Number("messages_per_second", &flags->messages_per_second,
                "The number of messages that are read from one client in one second, with a burst of one "
                "second. At the bound the gateway reads from the client later. 0: no bound.",
                0, kGiga);
  define.Number("bytes_per_second", &flags->bytes_per_second,
                "The number of bytes that are read from one client in one second, with a burst of one "
                "second; control frames count too. At the bound the gateway reads from the client later. 0: "
                "no bound.",
                0, kTera);
  DefineHandshake(define, flags);
  DefineIdentity(define, flags);
  DefineSession(define, flags);
  const auto hour = absl::Hours(1);
  define.Duration("drain_not_ready", &flags->drain_not_ready,
                  "How long a drain by SIGTERM keeps accepting clients while /readyz says that the node is "
                  "not ready: the time that load balancers need to notice.",
                  absl::ZeroDuration(), hour);
  define.Duration(
      "drain_spread", &flags->drain_spread,
      "The time over which a drain spreads the closes of its clients. It begins after --drain_not_ready.",
      absl::ZeroDuration(), hour);
  define.Duration("drain_grace", &flags->drain_grace,
                  "How long the last clients of a drain may take to answer their close frame. Then they are "
                  "disconnected.",
                  absl::ZeroDuration(), hour);
  define.CloseCode("drain_code", &flags->drain_code,
                   "The close code for clients when the node drains. All client libraries know 1001, but not "
                   "all know 1012 and 1013.");
  DefineDeflate(define, flags);
  define.Choice("log_format", &flags->log_format, "The format of the log on standard error.",
                {"text", "json"});
  define.Choice("log_level", &flags->log_level, "The lowest level that is logged.",
                {"debug", "info", "warning", "error"});
}

// Returns an error text if the descriptors do not suffice for --max_connections clients and everything else.
std::string DescriptorProblem(const Flags& flags, const Machine& machine, const DescriptorShares& shares) {
  if (shares.clients == 0) {
    return fmt::format(
        "this process may have {} descriptors: with --io_threads={} it needs at least {} (ulimit -n)",
        machine.descriptors, flags.io_threads, shares.without_clients() + 1);
  }
  if (flags.max_connections <= shares.clients) return {};
  return fmt::format(
      "--max_connections is \"{}\": must be at most {} with this process's limit of {} descriptors (ulimit "
      "-n), of which everything else may need {}",
      flags.max_connections, shares.clients, machine.descriptors, shares.without_clients());
}

// Derives the bounds of connections from the limit of descriptors. Throws FlagError if that is too low.
void ShareOut(const Definer& define, const Machine& machine, const Flags* running, Flags* flags) {
  const DescriptorShares shares =
      ShareDescriptors(machine.descriptors, running == nullptr ? flags->io_threads : running->io_threads);
  flags->control_connections = shares.control_connections - 1;
  if (!define.IsGiven("max_connections")) flags->max_connections = std::max<size_t>(shares.clients, 1);
  // --health_check queries another process, and may run with fewer descriptors than that process.
  if (flags->health_check) return;
  if (const std::string what = DescriptorProblem(*flags, machine, shares); !what.empty())
    throw FlagError(what);
}

// The error of a combination of flags; empty: none.
std::string Contradiction(const Flags& flags) {
  if (std::string problem = ControlContradiction(flags); !problem.empty()) return problem;
  if (std::string problem = TlsContradiction(flags); !problem.empty()) return problem;
  return IdentityContradiction(flags);
}

bool IsReloadable(const std::string& name) {
  return std::ranges::find(ReloadableFlags(), name) != ReloadableFlags().end();
}

bool WantsRestart(const Flags& fresh, const Flags& running) {
  return std::ranges::any_of(fresh.texts, [&running](const auto& flag) {
    return !IsReloadable(flag.first) && running.texts.at(flag.first) != flag.second;
  });
}

std::string GivenText(const std::string& name, const std::vector<FlagMention>& command_line) {
  if (const FlagMention* mention = LastOf(command_line, name); mention != nullptr)
    return mention->value.value_or("");
  const auto variable = ReadEnvironment(name);
  return variable.has_value() ? *variable->value : "";
}

// The flags in the flag file. --health_check uses only the address of the admin port, and ignores a bad file:
// the gateway that it queries was started with a valid one.
std::vector<FlagMention> FileMentions(const std::string& path, bool asks_for_health) {
  if (path.empty()) return {};
  if (!asks_for_health) return ReadFlagFile(path);
  std::vector<FlagMention> mentions;
  try {
    mentions = ReadFlagFile(path);
  } catch (const FlagError&) {
    return {};
  }
  std::erase_if(mentions, [](const FlagMention& mention) { return mention.name != "admin_listen"; });
  return mentions;
}

std::string Usage(const Definer& define) {
  return fmt::format(
      "Drawbridge, a WebSocket gateway whose connections are controlled over gRPC.\n\n"
      "Usage: drawbridge [--FLAG=VALUE ...]\n\n"
      "  -h,--help\n      Print this and exit.\n"
      "  --version\n      Print the version and exit.\n"
      "{}\n"
      "Every flag can also be given in the environment as DRAWBRIDGE_<NAME>, such as DRAWBRIDGE_LISTEN.\n"
      "The command line overrides the flag file, which overrides the environment.\n"
      "A reloadable flag changes while the gateway runs when the flag file changes, and on SIGHUP.\n",
      define.Help(&IsReloadable));
}

Flags DefaultsOn(const Machine& machine) {
  Flags flags;
  flags.node_id = NodeIdOf(machine.host_name);
  flags.io_threads = std::clamp(machine.cores, 1, 256);
  flags.max_connections =
      std::max<size_t>(ShareDescriptors(machine.descriptors, flags.io_threads).clients, 1);
  flags.send_queue_total_bytes = machine.memory / 4;
  return flags;
}

std::variant<Flags, EarlyExit> Parse(int argc, const char* const* argv, const Machine& machine,
                                     const Flags* running) {
  Flags flags = DefaultsOn(machine);
  Definer define;
  Define(define, &flags, machine);
  auto command_line = ReadCommandLine(argc, argv, [&define](const std::string& name) {
    return name == "help" || name == "version" || define.IsSwitch(name);
  });
  if (LastOf(command_line, "help") != nullptr) return EarlyExit{0, Usage(define)};
  if (LastOf(command_line, "version") != nullptr)
    return EarlyExit{0, fmt::format("drawbridge {}\n", kVersion)};
  if (const FlagMention* mention = LastOf(command_line, "flagfile");
      mention != nullptr && mention->value.value_or("").empty()) {
    throw FlagError("--flagfile has no value: must be a file that can be read");
  }
  const bool asks_for_health = LastOf(command_line, "health_check") != nullptr;
  const auto file = FileMentions(GivenText("flagfile", command_line), asks_for_health);
  if (running != nullptr) flags = *running;
  define.Take(command_line, file, running == nullptr ? std::map<std::string, std::string>() : running->texts);
  ShareOut(define, machine, running, &flags);
  flags.texts = define.texts();
  flags.warnings = define.warnings();
  if (running == nullptr) {  // a reload has the environment of the start, which was checked then
    for (std::string& stray : StrayVariables(environ, define.names()))
      flags.warnings.push_back(std::move(stray));
  }
  // It is on by default and has no effect without keys, so only a request for it is in vain.
  if (define.IsGiven("jwt_required") && flags.jwt_required && flags.jwt_keys.empty())
    throw FlagError("--jwt_required is \"true\": must come with --jwt_keys");
  for (std::string& warning : IdentityWarnings(flags)) flags.warnings.push_back(std::move(warning));
  const bool is_as_before = running != nullptr && !WantsRestart(flags, *running);
  if (const std::string what = is_as_before ? "" : Contradiction(flags); !what.empty()) throw FlagError(what);
  return flags;
}

}  // namespace

Machine Machine::This() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return {.host_name = name.data(),
          .cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency())),
          .descriptors = limit.rlim_cur,
          .memory = MachineMemory()};
}

std::variant<Flags, EarlyExit> ParseFlags(int argc, const char* const* argv, const Machine& machine,
                                          const Flags* running) {
  try {
    return Parse(argc, argv, machine, running);
  } catch (const FlagError& error) {
    // A value may contain line breaks.
    return EarlyExit{2, fmt::format("drawbridge: {} (see --help)\n",
                                    absl::StrReplaceAll(error.what(), {{"\n", " "}, {"\r", " "}}))};
  }
}

}  // namespace drawbridge
