#include "tests/soak/soak.h"

#include <csignal>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <thread>

#include "grpcpp/grpcpp.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;

// About 40 % of one core for the gateway and the clients together, so that no deadline is missed for lack of
// CPU.
constexpr int kVisitors = 2;  // threads
constexpr int kVisitsPerSecond = 150;
constexpr int kEchoesPerSecond = 500;
constexpr int kInterruptsPerSecond = 10;
constexpr int kListsPerSecond = 2;
constexpr int kActsOnManyPerSecond = 2;
constexpr int kWatchesPerSecond = 2;

// The gateway remembers this many ended connections. The warm-up fills that memory, and it stays full, so it
// counts before and after the load.
constexpr uint64_t kRemembered = 10'000;
constexpr seconds kWarmUp{30};
// The gateway checks once a second whether to return memory (services/server/memory_return.h).
constexpr seconds kSettled{3};
// The allocator rounds sizes and leaves gaps. Ten minutes of churn are 180,000 connections, so this is less
// than 25 bytes for each.
constexpr size_t kMemoryKib = 4 * 1024;

std::vector<std::string> Command(const std::string& gateway) {
  const std::string timeout = std::to_string(kTimeout.count()) + "s";
  return {gateway,
          "--listen=127.0.0.1:0",
          "--control_listen=127.0.0.1:0",
          "--drain_spread=0s",
          "--admin_listen=127.0.0.1:0",
          "--log_level=error",
          "--ping_interval=" + timeout,
          "--pong_timeout=" + timeout,
          "--handshake_timeout=" + timeout,
          "--send_stall_timeout=" + timeout};
}

// Runs every actor on its own thread until it is destroyed.
class Crowd {
 public:
  explicit Crowd(World& world) {
    for (int i = 0; i < kVisitors; ++i) {
      Start([&](const std::stop_token& stop) { Churn(world, kVisitsPerSecond, stop); });
    }
    Start([&](const std::stop_token& stop) { Echo(world, stayers_, kEchoesPerSecond, stop); });
    Start([&](const std::stop_token& stop) { Stall(world, stop); });
    for (int i = 0; i < 2; ++i) {
      Start([&](const std::stop_token& stop) { InterruptThem(world, kInterruptsPerSecond / 2, stop); });
    }
    Start([&](const std::stop_token& stop) { ActOnMany(world, kActsOnManyPerSecond, stop); });
    Start([&](const std::stop_token& stop) { Watch(world, kWatchesPerSecond, stop); });
    lister_ =
        std::jthread([&](const std::stop_token& stop) { List(world, stayers_, kListsPerSecond, stop); });
  }

  // This actor checks that the stayers are listed, so it must stop before they leave.
  ~Crowd() {
    lister_.request_stop();
    lister_.join();
  }

 private:
  template <typename Work>
  void Start(Work work) {
    threads_.emplace_back(std::move(work));
  }

  Stayers stayers_;
  std::vector<std::jthread> threads_;
  std::jthread lister_;
};

}  // namespace

Soak::Soak(const std::string& gateway) : process_(Command(gateway)) {
  const std::string ready = process_.ReadLine();
  stub_ = control::v1::ConnectionService::NewStub(
      grpc::CreateChannel(ReadyField(ready, "control"), grpc::InsecureChannelCredentials()));
  world_ = std::make_unique<World>(
      World{.address = ReadyField(ready, "ws"), .stub = *stub_, .ledger = ledger_, .lag = lag_});
}

bool Soak::Run(seconds duration) {
  const auto begin = std::chrono::steady_clock::now();
  const auto since = [](auto then) { return std::chrono::steady_clock::now() - then; };
  std::puts("seconds  connections  descriptors  resident MiB");
  LoadUntil([&] { return since(begin) > kWarmUp && ledger_.count("connected") > kRemembered; });
  const Holdings before = Settle();
  const auto main_begin = std::chrono::steady_clock::now();
  LoadUntil([&] { return since(main_begin) > duration; });
  const Holdings after = Settle();
  Judge(before, after);
  End();
  for (const auto& [what, count] : ledger_.counts()) {
    std::printf("%10llu %s\n", static_cast<unsigned long long>(count), what.c_str());
  }
  std::printf("%10.1f ms was the longest delay of an echo, a page of the list or a wake-up\n",
              std::chrono::duration<double, std::milli>(lag_.Worst()).count());
  for (const std::string& failure : ledger_.failures()) std::printf("FAILED %s\n", failure.c_str());
  std::printf("%llu failures\n", static_cast<unsigned long long>(ledger_.failed()));
  return ledger_.failed() == 0;
}

void Soak::LoadUntil(const std::function<bool()>& is_over) {
  const Crowd crowd(*world_);
  const bool over = WaitUntil(
      [&] {
        Sample();
        return is_over();
      },
      Deadline::max());
  if (!over) throw std::logic_error("stopped waiting before the load was over");
}

// Prints a line from time to time.
void Soak::Sample() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_line_) return;
  next_line_ = now + seconds(20);
  static const auto begin = now;
  const Holdings holdings = HoldingsOf(process_.pid());
  std::printf("%7lld  %11zu  %11zu  %12.1f\n",
              static_cast<long long>(std::chrono::duration_cast<seconds>(now - begin).count()), Connections(),
              holdings.descriptors, static_cast<double>(holdings.resident_kib) / 1024);
  std::fflush(stdout);
}

size_t Soak::Connections() {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  control::v1::ListConnectionsRequest request;
  request.set_page_size(1);
  control::v1::ListConnectionsResponse response;
  const grpc::Status status = stub_->ListConnections(&context, request, &response);
  if (!status.ok()) throw std::runtime_error("ListConnections: " + status.error_message());
  return static_cast<size_t>(response.total_size());
}

// All clients have left: waits until the gateway has noticed, and until it returns no more memory.
Holdings Soak::Settle() {
  if (!WaitUntil([&] { return Connections() == 0; })) {
    ledger_.Fail("connections left in the list: " + std::to_string(Connections()));
  }
  Holdings holdings = HoldingsOf(process_.pid());
  auto last_fall = std::chrono::steady_clock::now();
  const bool settled = WaitUntil([&] {
    const Holdings now = HoldingsOf(process_.pid());
    if (now.resident_kib < holdings.resident_kib) last_fall = std::chrono::steady_clock::now();
    holdings = now;
    return std::chrono::steady_clock::now() - last_fall > kSettled;
  });
  if (!settled) ledger_.Fail("resident memory keeps falling");
  std::printf("all clients have left: %zu descriptors, %.1f MiB\n", holdings.descriptors,
              static_cast<double>(holdings.resident_kib) / 1024);
  return holdings;
}

void Soak::Judge(const Holdings& before, const Holdings& after) {
  if (after.descriptors > before.descriptors) {
    ledger_.Fail("descriptors leaked: " + std::to_string(after.descriptors - before.descriptors));
  }
  if (after.resident_kib > before.resident_kib + kMemoryKib) {
    ledger_.Fail("resident memory grew by " + std::to_string(after.resident_kib - before.resident_kib) +
                 " KiB, over " + std::to_string(kMemoryKib));
  }
}

void Soak::End() {
  process_.Signal(SIGTERM);
  try {
    const ChildProcess::Exit exit = process_.Wait();
    if (exit.code != 0) ledger_.Fail("exit code " + std::to_string(exit.code));
    if (!exit.err.empty()) ledger_.Fail("logged: " + exit.err.substr(0, 1000));
  } catch (const std::exception& error) {
    ledger_.Fail(std::string("the gateway did not end: ") + error.what());
  }
}

}  // namespace drawbridge
