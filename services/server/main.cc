// Starts a gateway node and runs it until it is told to end.
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include "gateway/base/log.h"
#include "gateway/base/time_slice.h"
#include "gateway/base/version.h"
#include "services/server/flags.h"
#include "services/server/server.h"

namespace drawbridge {
namespace {

// The kernel doubles a full table of descriptors, and where threads share it, whoever opens the next one
// waits for an RCU grace period: some 15 ms in which an I/O thread does nothing else. A table once grown
// stays so. To be called before the first thread starts.
void ReserveDescriptors(size_t count) {
  constexpr size_t kEnough = 1 << 17;  // 1 MB of the kernel's memory
  const int highest = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, static_cast<int>(std::min(count, kEnough)));
  if (highest >= 0) ::close(highest);
}

int Serve(const Flags& flags) {
  ReserveDescriptors(flags.max_connections);
  // Blocked before the first thread starts, so that every thread inherits it and only the wait below gets
  // them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  // The threads of gRPC inherit it: whoever controls does not wait for those who are controlled.
  SetTimeSlice(std::chrono::microseconds(500));
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
  const char* const caller = signal == SIGTERM ? "SIGTERM" : "SIGINT";
  spdlog::info("{}: draining {} connections", caller, server.gateway().registry().size());
  const auto begin = std::chrono::steady_clock::now();
  const size_t closed = server.Shutdown();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  LogEvent(spdlog::level::info, "audit",
           {{"method", "Drain"},
            {"caller", caller},
            {"status", "OK"},
            {"closed", closed},
            {"duration_ms", took.count()}});
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
