// The program with as many clients as it may have descriptors, and then more of them.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Raises this process's own limit as far as it goes, and says how far that is.
rlim_t RaiseLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max;
}

class FullProgram {
 public:
  FullProgram()
      : process_({"services/server/drawbridge", "--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
                  "--admin_listen=127.0.0.1:0", "--drain_spread=0s", "--node_id=test-node", "--io_threads=1",
                  "--ping_interval=0s"}),
        address_(ReadyField(process_.ReadLine(), "ws")) {}

  const std::string& address() const { return address_; }

  size_t descriptors() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(process_.pid()) + "/fd");
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  }

  void Limit(rlim_t descriptors) const {
    const rlimit lowered{.rlim_cur = descriptors, .rlim_max = descriptors};
    ASSERT_EQ(::prlimit(process_.pid(), RLIMIT_NOFILE, &lowered, nullptr), 0);
  }

  // Of processor time, all threads.
  milliseconds used() const {
    std::ifstream stat("/proc/" + std::to_string(process_.pid()) + "/stat");
    std::string word;
    for (int i = 1; i <= 13; ++i) stat >> word;
    int64_t user = 0;
    int64_t system = 0;
    stat >> user >> system;
    return milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
  }

  int End() {
    process_.Signal(SIGTERM);
    return process_.Wait().code;
  }

 private:
  ChildProcess process_;
  std::string address_;
};

std::vector<Client> OpenMany(const std::string& address, size_t count) {
  std::vector<Client> clients;
  clients.reserve(count);
  for (size_t i = 0; i < count; ++i) clients.push_back(Client::Open(address));
  return clients;
}

// Keeps a processor busy for so long, and says how much of it this thread got from its neighbours.
milliseconds BusyFor(seconds duration) {
  const auto processor_time = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto begin = processor_time();
  const auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) {
  }
  return std::chrono::duration_cast<milliseconds>(processor_time() - begin);
}

void ExpectAlive(std::vector<Client>& clients, size_t step) {
  for (size_t i = 0; i < clients.size(); i += step) clients[i].Echo("still here");
}

TEST(DescriptorLimitTest, AtTheLimitAcceptBacksOffTheEstablishedLiveAndItRecovers) {
  constexpr size_t kWaiting = 50;
  // By its own reckoning the program has room for more than its descriptors will allow.
  constexpr size_t kUnforeseen = 300;
  const size_t limit = std::min<size_t>(RaiseLimit(), 20'000) - kUnforeseen;
  FullProgram program;
  const size_t idle = program.descriptors();
  program.Limit(limit);
  std::vector<Client> established = OpenMany(program.address(), limit - idle);
  EXPECT_EQ(program.descriptors(), limit);

  std::vector<Client> waiting;
  for (size_t i = 0; i < kWaiting; ++i) {
    waiting.push_back(Client::Dial(program.address()));
    waiting.back().Send(waiting.back().UpgradeRequest());
  }
  ExpectAlive(established, 100);
  const auto before = program.used();
  const milliseconds busy = BusyFor(seconds(1));
  EXPECT_LT(program.used() - before, busy / 4)
      << "it asks again and again; a busy thread had " << busy.count();
  EXPECT_EQ(program.descriptors(), limit);

  for (size_t i = 0; i < kWaiting; ++i) {
    established.back().Reset();
    established.pop_back();
  }
  for (Client& client : waiting) {
    EXPECT_EQ(client.ReadResponse().status, 101);
    client.Echo("worth the wait");
  }
  ExpectAlive(established, 100);

  for (std::vector<Client>* clients : {&established, &waiting}) {
    for (Client& client : *clients) client.Reset();
  }
  EXPECT_TRUE(WaitUntil([&] { return program.descriptors() == idle; })) << program.descriptors();
  Client::Open(program.address()).Echo("there is room again");
  EXPECT_EQ(program.End(), 0);
}

}  // namespace
}  // namespace drawbridge
