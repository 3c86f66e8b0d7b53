// Starts a gateway node and runs it until it is told to end.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include "gateway/base/version.h"
#include "services/server/flags.h"
#include "services/server/logging.h"
#include "services/server/server.h"

namespace drawbridge {
namespace {

int Serve(const Flags& flags) {
  // Blocked before the first thread starts, so that every thread inherits it and only the wait below gets
  // them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  InitializeLogging(flags.log_format, flags.log_level);
  Server server(flags);
  const std::string addresses = fmt::format("ws={} control={} node={}", server.gateway().address(),
                                            server.control_address(), flags.node_id);
  spdlog::info("drawbridge {} ready {} incarnation={} io_threads={} max_connections={}", kVersion, addresses,
               server.gateway().registry().node().incarnation(), flags.io_threads, flags.max_connections);
  fmt::print("ready {}\n", addresses);
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("{}: draining {} connections", signal == SIGTERM ? "SIGTERM" : "SIGINT",
               server.gateway().registry().size());
  spdlog::info("drained: {} connections closed", server.Shutdown());
  return 0;
}

int Main(int argc, char** argv) {
  const auto parsed = ParseFlags(argc, argv, Machine::This());
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  try {
    return Serve(std::get<Flags>(parsed));
  } catch (const std::exception& error) {
    fmt::print(stderr, "drawbridge: {}\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace drawbridge

int main(int argc, char** argv) { return drawbridge::Main(argc, argv); }
