// The program as an operator runs it: its ready line, signals, flags and exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/client.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

std::vector<std::string> Command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "services/server/drawbridge");
  return arguments;
}

std::vector<std::string> OnFreePorts(std::vector<std::string> further = {}) {
  further.insert(further.end(), {"--listen=127.0.0.1:0", "--control_listen=127.0.0.1:0",
                                 "--admin_listen=127.0.0.1:0", "--node_id=test-node"});
  return Command(std::move(further));
}

bool IsOneLine(const std::string& text) { return !text.empty() && text.find('\n') == text.size() - 1; }

TEST(ProcessTest, SaysWhereItServesAndServesThere) {
  ChildProcess process(OnFreePorts());
  const std::string ready = process.ReadLine();
  EXPECT_THAT(ready, StartsWith("ready "));
  EXPECT_THAT(ReadyField(ready, "ws"), MatchesRegex("127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_THAT(ReadyField(ready, "control"), MatchesRegex("127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_THAT(ReadyField(ready, "admin"), MatchesRegex("127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_EQ(ReadyField(ready, "node"), "test-node");
  Client client = Client::Open(ReadyField(ready, "ws"));
  client.Echo("hello");
}

void ExpectDrains(int signal) {
  ChildProcess process(OnFreePorts({"--drain_grace=5s", "--drain_spread=0s"}));
  const std::string address = ReadyField(process.ReadLine(), "ws");
  Client first = Client::Open(address);
  Client second = Client::Open(address);
  first.Echo("hello");
  const auto begin = std::chrono::steady_clock::now();
  process.Signal(signal);
  for (Client* client : {&first, &second}) {
    const ServerFrame close = client->ReadCloseAndAnswer();
    EXPECT_EQ(close.code(), 1001);
    EXPECT_EQ(close.reason(), "going away");
    EXPECT_EQ(client->ReadEnd(), Client::Ending::kEndOfFile);
  }
  const ChildProcess::Exit exit = process.Wait();
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.out, "") << "the ready line was all";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << "nobody needed the grace";
}

TEST(ProcessTest, SigtermClosesClientsAndExits0) { ExpectDrains(SIGTERM); }
TEST(ProcessTest, SigintClosesClientsAndExits0) { ExpectDrains(SIGINT); }

TEST(ProcessTest, ASecondSigtermEndsTheWait) {
  ChildProcess process(OnFreePorts({"--drain_not_ready=1h", "--drain_spread=1h", "--drain_grace=1h"}));
  Client client = Client::Open(ReadyField(process.ReadLine(), "ws"));
  process.Signal(SIGTERM);
  process.WaitForError("SIGTERM: draining 1 connections");
  client.Echo("served as before");
  process.Signal(SIGTERM);
  EXPECT_EQ(client.ReadClose().code(), 1001);
  EXPECT_EQ(process.Wait().code, 0) << "nobody waits for a client that does not answer";
}

TEST(ProcessTest, ASecondSigtermEndedTheWaitByAnotherCodeThanTheFlags) {
  ChildProcess process(OnFreePorts({"--drain_not_ready=1h", "--drain_spread=1h", "--drain_code=4001"}));
  Client client = Client::Open(ReadyField(process.ReadLine(), "ws"));
  process.Signal(SIGTERM);
  process.WaitForError("SIGTERM: draining 1 connections");
  process.Signal(SIGTERM);
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 4001);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST(ProcessTest, SigintDoesNotSpreadTheGoodbyes) {
  ChildProcess process(OnFreePorts({"--drain_not_ready=1h", "--drain_spread=1h"}));
  Client client = Client::Open(ReadyField(process.ReadLine(), "ws"));
  process.Signal(SIGINT);
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 1001);
  EXPECT_EQ(process.Wait().code, 0);
}

TEST(ProcessTest, SilentClientsAreCutWhenTheDrainGraceEnds) {
  ChildProcess process(OnFreePorts({"--drain_grace=300ms", "--drain_spread=0s"}));
  Client client = Client::Open(ReadyField(process.ReadLine(), "ws"));
  process.Signal(SIGTERM);
  EXPECT_EQ(client.ReadClose().code(), 1001);
  EXPECT_EQ(process.Wait().code, 0);
  client.DrainToEnd();
}

TEST(ProcessTest, BadFlagsAreOneLineAndExit2) {
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--no_such_flag"},
                                             {"--listen=nowhere"},
                                             {"--max_connections=many"},
                                             {"--ping_interval=5"},
                                             {"--node_id=Not\nValid"},
                                             {"--control_listen=0.0.0.0:0"},
                                             {"--admin_listen=9091"},
                                             {"stray"}}) {
    const ChildProcess::Exit exit = ChildProcess(Command(flags)).Wait();
    EXPECT_EQ(exit.code, 2) << flags[0];
    EXPECT_EQ(exit.out, "") << flags[0];
    EXPECT_TRUE(IsOneLine(exit.err)) << exit.err;
  }
}

TEST(ProcessTest, BadFlagInTheEnvironmentIsExit2) {
  const ChildProcess::Exit exit = ChildProcess(Command({}), {"DRAWBRIDGE_MAX_CONNECTIONS=-1"}).Wait();
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.err, HasSubstr("DRAWBRIDGE_MAX_CONNECTIONS is"));
}

TEST(ProcessTest, PortsInUseAreExit1) {
  ChildProcess process(OnFreePorts());
  const std::string ready = process.ReadLine();
  const std::string free = "127.0.0.1:0";
  const auto exit_on = [](const std::string& listen, const std::string& control, const std::string& admin) {
    return ChildProcess(
               Command({"--listen=" + listen, "--control_listen=" + control, "--admin_listen=" + admin}))
        .Wait();
  };
  const ChildProcess::Exit clients = exit_on(ReadyField(ready, "ws"), free, free);
  EXPECT_EQ(clients.code, 1);
  EXPECT_EQ(clients.out, "");
  EXPECT_THAT(clients.err, HasSubstr(ReadyField(ready, "ws")));
  const ChildProcess::Exit control = exit_on(free, ReadyField(ready, "control"), free);
  EXPECT_EQ(control.code, 1);
  EXPECT_EQ(control.out, "");
  EXPECT_THAT(control.err, HasSubstr(ReadyField(ready, "control")));
  const ChildProcess::Exit admin = exit_on(free, free, ReadyField(ready, "admin"));
  EXPECT_EQ(admin.code, 1);
  EXPECT_EQ(admin.out, "");
  EXPECT_THAT(admin.err, HasSubstr(ReadyField(ready, "admin")));
}

TEST(ProcessTest, HealthCheckAsksWhoRunsWithTheSameFlags) {
  ChildProcess process(OnFreePorts({"--drain_spread=0s", "--drain_grace=1h"}));
  const std::string ready = process.ReadLine();
  const std::string address = ReadyField(ready, "admin");
  const auto check = [](const std::string& admin_listen) {
    return ChildProcess(Command({"--health_check"}), {"DRAWBRIDGE_ADMIN_LISTEN=" + admin_listen}).Wait();
  };
  ChildProcess::Exit exit = check(address);
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.out, address + ": ok\n");
  exit = ChildProcess(
             Command({"--health_check", "--admin_listen", "0.0.0.0" + address.substr(address.rfind(':'))}))
             .Wait();
  EXPECT_EQ(exit.out, address + ": ok\n") << "who listens everywhere listens on loopback";

  Client client = Client::Open(ReadyField(ready, "ws"));  // does not send a close frame
  process.Signal(SIGTERM);
  EXPECT_EQ(client.ReadClose().code(), 1001);
  exit = check(address);
  EXPECT_EQ(exit.code, 0) << "who drains is not ready, and healthy";
  EXPECT_EQ(exit.out, address + ": ok\n");
}

TEST(ProcessTest, HealthCheckOfNobodyIsOneLineAndExit1) {
  const ChildProcess::Exit exit =
      ChildProcess(Command({"--health_check", "--admin_listen=127.0.0.1:1"})).Wait();
  EXPECT_EQ(exit.code, 1);
  EXPECT_TRUE(IsOneLine(exit.out)) << exit.out;
  EXPECT_THAT(exit.out, StartsWith("127.0.0.1:1: "));
}

TEST(ProcessTest, VersionIsOneLineOnStandardOutput) {
  const ChildProcess::Exit exit = ChildProcess(Command({"--version"})).Wait();
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, MatchesRegex("drawbridge [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(exit.err, "");
}

TEST(ProcessTest, HelpNamesEveryFlag) {
  const ChildProcess::Exit exit = ChildProcess(Command({"--help"})).Wait();
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.err, "");
  for (const char* flag : {"listen",
                           "control_listen",
                           "control_insecure",
                           "admin_listen",
                           "tls_cert",
                           "tls_key",
                           "tls_client_ca",
                           "tls_client_auth",
                           "node_id",
                           "io_threads",
                           "handler",
                           "max_connections",
                           "max_message_bytes",
                           "send_queue_bytes",
                           "send_stall_timeout",
                           "handshake_timeout",
                           "ping_interval",
                           "pong_timeout",
                           "keepalive_proves_life",
                           "idle_timeout",
                           "drain_grace",
                           "drain_code",
                           "max_age_code",
                           "log_format",
                           "log_level",
                           "flagfile",
                           "version",
                           "control_tls_cert",
                           "control_tls_key",
                           "control_tls_client_ca",
                           "control_tls_client_auth",
                           "control_tokens"}) {
    EXPECT_THAT(exit.out, HasSubstr(std::string("--") + flag));
  }
  EXPECT_THAT(exit.out, HasSubstr("DRAWBRIDGE_"));
}

}  // namespace
}  // namespace drawbridge
