// Starts a gateway node and runs it until it is told to end.
#include <fcntl.h>
#include <fmt/format.h>
#include <grpc/support/log.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "absl/cleanup/cleanup.h"
#include "gateway/base/log.h"
#include "gateway/base/time_slice.h"
#include "gateway/base/version.h"
#include "gateway/listener/gateway.h"
#include "services/server/file_watch.h"
#include "services/server/flags.h"
#include "services/server/health_check.h"
#include "services/server/reload.h"
#include "services/server/server.h"

namespace drawbridge {
namespace {

// Grows the table of descriptors to its final size, which it keeps. The kernel doubles a full table, and if
// threads share it, the thread that opens the next descriptor waits for an RCU grace period: about 15 ms in
// which an I/O thread serves no client. Must be called before the first thread starts.
void ReserveDescriptors(size_t count) {
  constexpr size_t kEnough = 1 << 17;  // 1 MB of the kernel's memory
  const int highest = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, static_cast<int>(std::min(count, kEnough)));
  if (highest >= 0) ::close(highest);
}

// gRPC has a log of its own. Unauthenticated callers can fill it: it gets an error for each handshake that
// fails.
void KeepGrpcFromTheLog() {
  gpr_set_log_function([](gpr_log_func_args* line) { spdlog::debug("gRPC: {}", line->message); });
}

// Wake the main thread from its wait: the drain is over; the flag file has changed.
constexpr int kWake = SIGUSR1;
constexpr int kFlagFile = SIGUSR2;

const char* NameOf(int signal) { return signal == SIGTERM ? "SIGTERM" : "SIGINT"; }

// SIGINT comes from an operator at a terminal. It skips the delays that serve clients behind a load balancer.
void Drain(Server& server, int signal) {
  DrainPlan plan = server.drain_plan();
  if (signal == SIGINT) plan.not_ready = plan.spread = std::chrono::nanoseconds(0);
  spdlog::info("{}: draining {} connections", NameOf(signal), server.gateway().registry().size());
  const auto begin = std::chrono::steady_clock::now();
  const int64_t closed = server.Shutdown(std::move(plan));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  LogEvent(spdlog::level::info, "audit",
           {{"method", "Drain"},
            {"caller", NameOf(signal)},
            {"status", "OK"},
            {"closed", closed},
            {"duration_ms", took.count()}});
}

// `flag_file` has looked at the file before the flags were read from it.
int Serve(const Flags& flags, const FlagParser& parse, FileWatch& flag_file) {
  ReserveDescriptors(flags.max_connections);
  // Blocked before the first thread starts, so that every thread inherits it and only the wait below gets
  // them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, kWake);
  sigaddset(&signals, kFlagFile);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  // The threads of gRPC inherit it, so calls of the control API do not wait for busy I/O threads.
  SetTimeSlice(std::chrono::microseconds(500));
  InitializeLogging(flags.log_format, flags.log_level, LogWriting::kInBackground);
  const absl::Cleanup finish_logging = FinishLogging;
  KeepGrpcFromTheLog();
  for (const std::string& warning : flags.warnings) LogEvent(spdlog::level::warn, warning, {});
  Server server(flags);
  const std::string addresses = fmt::format("ws={} control={} admin={} node={}", server.gateway().address(),
                                            server.control_address(), server.admin_address(), flags.node_id);
  spdlog::info("drawbridge {} ready {} incarnation={} io_threads={} max_connections={}", kVersion, addresses,
               server.gateway().registry().node().incarnation(), flags.io_threads, flags.max_connections);
  fmt::print("ready {}\n", addresses);
  std::fflush(stdout);

  flag_file.Start([main = pthread_self()] { pthread_kill(main, kFlagFile); });
  const absl::Cleanup stop_watching = [&flag_file] { flag_file.Stop(); };
  std::atomic<bool> drained = false;
  std::jthread drain;
  for (int signal = 0; !drained && sigwait(&signals, &signal) == 0;) {
    if (signal == SIGHUP) {
      server.ReloadFiles();
      ReloadFlags(server, parse, "SIGHUP");
    } else if (signal == kFlagFile) {
      ReloadFlags(server, parse, "the flag file has changed");
    } else if (signal == kWake) {
      // `drained` says whether it was the drain that sent it.
    } else if (!drain.joinable()) {
      drain = std::jthread([&server, &drained, signal, main = pthread_self()] {
        Drain(server, signal);
        drained = true;
        pthread_kill(main, kWake);
      });
    } else {
      spdlog::warn("{} again: the drain ends now", NameOf(signal));
      server.HastenShutdown();
    }
  }
  return 0;
}

int SayHealth(const Flags& flags) {
  const Health health = CheckHealth(flags, std::chrono::seconds(3));
  fmt::print("{}\n", health.line);
  return health.healthy ? 0 : 1;
}

int Main(int argc, char** argv) {
  const FlagParser parse = [argc, argv](const Flags* running) {
    return ParseFlags(argc, argv, Machine::This(), running);
  };
  auto parsed = parse(nullptr);
  const auto* const first = std::get_if<Flags>(&parsed);
  FileWatch flag_file({first == nullptr ? "" : first->flagfile});
  parsed = parse(nullptr);  // behind the first look, so that no later change of the file is missed
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  try {
    const auto& flags = std::get<Flags>(parsed);
    return flags.health_check ? SayHealth(flags) : Serve(flags, parse, flag_file);
  } catch (const std::exception& error) {
    fmt::print(stderr, "drawbridge: {}\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace drawbridge

int main(int argc, char** argv) { return drawbridge::Main(argc, argv); }
