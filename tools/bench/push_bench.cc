// Measures messages that another thread sends to many clients: the rate, and how often the I/O thread is
// woken. The gateway runs in this process, so that Connection::Send is called as by the control plane. The
// clients run in a child process and check every byte.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/node_identity.h"
#include "gateway/handlers/echo.h"
#include "gateway/listener/gateway.h"
#include "tools/bench/load/fleet.h"
#include "tools/bench/load/process.h"
#include "tools/bench/load/traffic.h"
#include "tools/bench/net/endpoint.h"

namespace drawbridge::bench {
namespace {

constexpr uint32_t kClients = 10'000;
constexpr size_t kPayloadSize = 20;
constexpr int kOpenSeconds = 60;
constexpr int64_t kSecond = 1'000'000'000;
constexpr unsigned kTimeLimit = 120;  // seconds, then SIGALRM ends the run

// A pipe that synchronizes both processes: one byte tells the other side to continue.
struct Pipe {
  Pipe() {
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  }
  void Write(const std::string& line) const {
    if (::write(ends[1], line.data(), line.size()) < 0) throw std::runtime_error("write");
  }
  std::string Read() const {
    char text[64];
    const ssize_t size = ::read(ends[0], text, sizeof(text));
    if (size <= 0) throw std::runtime_error("the other process has ended");
    return {text, static_cast<size_t>(size)};
  }
  int ends[2];
};

class Receivers final : private StayingListener {
 public:
  Receivers(const sockaddr_in& target, const Traffic& traffic) : fleet_(target, traffic, *this, kClients) {}

  // One after the other, so that the gateway and the fleet number the connections in the same order.
  void Open() { fleet_.OpenAll(kOpenSeconds, 1); }

  void Receive(uint64_t each) {
    for (uint32_t i = 0; i < kClients; ++i) fleet_.client(i).Expect(each);
    while (received_ < each * kClients) fleet_.Poll(kSecond / 10);
  }

 private:
  void OnEchoes(Client&, uint64_t, uint64_t count, int64_t) override { received_ += count; }

  Fleet fleet_;
  uint64_t received_ = 0;
};

int RunReceivers(const Pipe& to, const Pipe& from, uint64_t each) {
  const Traffic traffic(kPayloadSize, /*text=*/false, 1);
  Receivers receivers(ParseEndpoint(to.Read()), traffic);
  receivers.Open();
  from.Write("o");
  receivers.Receive(each);
  from.Write("r");
  to.Read();
  return 0;
}

int64_t ThreadCpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

// The number of voluntary context switches of the other threads of this process.
uint64_t Sleeps() {
  uint64_t sum = 0;
  const std::string self = std::to_string(::gettid());
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == self) continue;
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("voluntary_ctxt_switches:")) sum += std::stoull(line.substr(24));
    }
  }
  return sum;
}

std::vector<std::shared_ptr<Connection>> All(Registry& registry) {
  std::vector<std::shared_ptr<Connection>> all;
  for (uint64_t after = 0;;) {
    const auto page = registry.Page(after, 1000);
    if (page.empty()) return all;
    after = page.back()->info().sequence;
    all.insert(all.end(), page.begin(), page.end());
  }
}

// Sends one message to each client, `each` times. Returns how often a queue was full and the thread waited.
uint64_t Push(const std::vector<std::shared_ptr<Connection>>& connections, uint64_t each) {
  const Traffic traffic(kPayloadSize, /*text=*/false, 1);
  std::vector<std::shared_ptr<const std::string>> payloads;
  payloads.reserve(traffic.ring());
  for (uint64_t i = 0; i < traffic.ring(); ++i) {
    payloads.push_back(std::make_shared<const std::string>(traffic.Payload(i)));
  }
  uint64_t full = 0;
  for (uint64_t round = 0; round < each; ++round) {
    for (size_t i = 0; i < connections.size(); ++i) {
      OutboundMessage message{.type = MessageType::kBinary,
                              .payload = payloads[(i + round) % payloads.size()]};
      while (true) {
        // Send moves from `message` only if it queues it.
        const SendStatus status =
            connections[i]->Send(std::move(message));  // NOLINT(bugprone-use-after-move)
        if (status == SendStatus::kQueued) break;
        if (status == SendStatus::kClosing) throw std::runtime_error("a connection was lost");
        ++full;
        std::this_thread::yield();
      }
    }
  }
  return full;
}

void RunGateway(const Pipe& to, const Pipe& from, uint64_t each, int io_threads) {
  const SystemClock clock;
  EchoHandler handler;
  GatewayOptions options;
  options.io_threads = io_threads;
  options.max_connections = 2 * kClients;
  Gateway gateway(options, NodeIdentity::Draw("bench"), &handler, &clock);
  to.Write(gateway.address());
  from.Read();
  const auto connections = All(gateway.registry());
  if (connections.size() != kClients) throw std::runtime_error("not every client is connected");

  const uint64_t sleeps = Sleeps();
  const uint64_t cpu = CpuNanoseconds(::getpid());
  const int64_t own_cpu = ThreadCpu();
  const int64_t begin = NowNanoseconds();
  const uint64_t full = Push(connections, each);
  const double sending = static_cast<double>(ThreadCpu() - own_cpu);
  from.Read();
  const double seconds = static_cast<double>(NowNanoseconds() - begin) / 1e9;
  const double all_cpu = static_cast<double>(CpuNanoseconds(::getpid()) - cpu);
  const auto messages = static_cast<double>(each * kClients);
  fmt::print(
      "{{\"connections\": {}, \"io_threads\": {}, \"messages\": {:.0f}, \"messages_per_second\": {:.0f}, "
      "\"wake_ups_per_message\": {:.5f}, \"sender_cpu_ns_per_message\": {:.0f}, "
      "\"io_cpu_ns_per_message\": {:.0f}, \"queue_full\": {}}}\n",
      kClients, io_threads, messages, messages / seconds, static_cast<double>(Sleeps() - sleeps) / messages,
      sending / messages, (all_cpu - sending) / messages, full);
  std::fflush(stdout);
  to.Write("x");
}

int Main(int argc, char** argv) try {
  const uint64_t each = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50;
  const int io_threads = argc > 2 ? std::stoi(argv[2]) : 1;
  ::alarm(kTimeLimit);
  const Pipe to;
  const Pipe from;
  const pid_t child = ::fork();  // before the first thread
  if (child == 0) {
    ::alarm(kTimeLimit);
    ::close(from.ends[0]);
    ::close(to.ends[1]);
    return RunReceivers(to, from, each);
  }
  ::close(from.ends[1]);
  ::close(to.ends[0]);
  RunGateway(to, from, each, io_threads);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "push_bench: {}\n", error.what());
  return 1;
}

}  // namespace
}  // namespace drawbridge::bench

int main(int argc, char** argv) { return drawbridge::bench::Main(argc, argv); }
