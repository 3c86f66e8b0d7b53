// The program at its limit of file descriptors, and with more clients than that.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
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
#include <utility>
#include <vector>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "services/server/descriptors.h"
#include "tests/support/child_process.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/scrape.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Raises this process's own limit to the maximum and returns it.
rlim_t RaiseLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max;
}

class FullProgram {
 public:
  // `before`: a command and its arguments that are put before the program on the command line.
  explicit FullProgram(std::vector<std::string> before = {}, const std::string& io_threads = "1")
      : process_(Command(std::move(before), io_threads)), ready_(process_.ReadLine()) {}

  const std::string& address() const { return address_; }
  const std::string& control_address() const { return control_address_; }
  const std::string& admin_address() const { return admin_address_; }

  size_t descriptors() const {
    const std::filesystem::directory_iterator all("/proc/" + std::to_string(process_.pid()) + "/fd");
    return static_cast<size_t>(std::distance(begin(all), end(all)));
  }

  void Limit(rlim_t descriptors) const {
    const rlimit lowered{.rlim_cur = descriptors, .rlim_max = descriptors};
    ASSERT_EQ(::prlimit(process_.pid(), RLIMIT_NOFILE, &lowered, nullptr), 0);
  }

  // The processor time used by all threads.
  milliseconds used() const {
    std::ifstream stat("/proc/" + std::to_string(process_.pid()) + "/stat");
    std::string word;
    for (int i = 1; i <= 13; ++i) stat >> word;
    int64_t user = 0;
    int64_t system = 0;
    stat >> user >> system;
    return milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
  }

  void WaitForError(const std::string& text) { process_.WaitForError(text); }

  int End() {
    process_.Signal(SIGTERM);
    return process_.Wait().code;
  }

 private:
  static std::vector<std::string> Command(std::vector<std::string> command, const std::string& io_threads) {
    command.insert(command.end(),
                   {"services/server/drawbridge", "--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
                    "--admin_listen=127.0.0.1:0", "--drain_spread=0s", "--node_id=test-node",
                    "--io_threads=" + io_threads, "--ping_interval=0s"});
    return command;
  }

  ChildProcess process_;
  const std::string ready_;
  const std::string address_ = ReadyField(ready_, "ws");
  const std::string control_address_ = ReadyField(ready_, "control");
  const std::string admin_address_ = ReadyField(ready_, "admin");
};

std::vector<Client> OpenMany(const std::string& address, size_t count) {
  std::vector<Client> clients;
  clients.reserve(count);
  for (size_t i = 0; i < count; ++i) clients.push_back(Client::Open(address));
  return clients;
}

// Keeps a processor busy for `duration` and returns the processor time that this thread got.
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
  // The program computes its own bound from a higher descriptor limit than the one that is set later.
  constexpr size_t kUnforeseen = 2000;
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

std::vector<Client> DialMany(const std::string& address, size_t count) {
  std::vector<Client> strangers;
  strangers.reserve(count);
  for (size_t i = 0; i < count; ++i) strangers.push_back(Client::Dial(address));
  return strangers;
}

// Calls over a new connection each time.
grpc::Status List(const std::string& address) {
  const auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), [] {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return arguments;
  }());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  context.set_wait_for_ready(true);
  control::v1::ListConnectionsResponse response;
  return control::v1::ConnectionService::NewStub(channel)->ListConnections(&context, {}, &response);
}

TEST(DescriptorLimitTest, TheProgramItselfKeepsToItsShare) {
  for (const int io_threads : {1, 16}) {
    const FullProgram program({}, std::to_string(io_threads));
    EXPECT_TRUE(List(program.control_address()).ok());
    EXPECT_LE(program.descriptors(), ShareDescriptors(20'000, io_threads).process);
  }
}

// Regression test: after it had run out of descriptors once, the control port never served a new caller
// again.
TEST(DescriptorLimitTest, StrangersOnEveryPortTakeNoDescriptorThatACallerNeeds) {
  constexpr size_t kLimit = 200;
  FullProgram program({"/usr/bin/prlimit", "--nofile=" + std::to_string(kLimit)});
  const auto places = static_cast<size_t>(Scrape(program.admin_address())["drawbridge_max_connections"]);
  EXPECT_EQ(places, ShareDescriptors(kLimit, 1).clients);
  std::vector<Client> clients = OpenMany(program.address(), places);
  const std::vector<Client> refused = DialMany(program.address(), 2 * kLimit);
  const std::vector<Client> strangers = DialMany(program.control_address(), 2 * kLimit);
  const std::vector<Client> operators = DialMany(program.admin_address(), 2 * kLimit);
  // The unauthenticated connections have not been idle for long enough yet. Until then a caller may be
  // refused, and it retries.
  EXPECT_EQ(List(program.control_address()).error_code(), grpc::StatusCode::OK);
  EXPECT_LE(program.descriptors(), kLimit);
  ExpectAlive(clients, 1);

  auto metrics = Scrape(program.admin_address());
  EXPECT_GE(metrics["drawbridge_control_connections_evicted_total"], 1);
  EXPECT_GE(metrics["drawbridge_control_connections_refused_total"], 1);
  const double most = metrics["drawbridge_max_control_connections"];
  EXPECT_LE(metrics["drawbridge_control_connections"], most);
  EXPECT_GE(metrics["drawbridge_control_connections"], most - 1) << "that of the caller may be gone already";
  EXPECT_EQ(metrics["drawbridge_control_accept_failures_total"], 0);
  EXPECT_EQ(program.End(), 0);
}

TEST(DescriptorLimitTest, TheControlPortSaysThatItCannotAcceptAndRecovers) {
  FullProgram program;
  Client client = Client::Open(program.address());
  program.Limit(program.descriptors());
  const Client caller = Client::Dial(program.control_address());
  program.WaitForError("control port: cannot accept connections: Too many open files");
  client.Reset();  // frees a place
  program.WaitForError("control port: accepts connections again, after");
  EXPECT_EQ(program.End(), 0);
}

}  // namespace
}  // namespace drawbridge
