// The node subcommands against a real gateway, also on a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/tools/ctl/ctl.h"
#include "tests/tools/ctl/pty_process.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

Flags FlagsOfNode() {
  Flags flags = TestFlags();
  flags.node_id = "gateway-1";
  flags.drain_grace = std::chrono::milliseconds(100);  // most clients here do not answer
  return flags;
}

class NodesTest : public ::testing::Test {
 protected:
  ChildProcess::Exit Run(const std::vector<std::string>& words) {
    return Ctl(server_.server().control_address(), words);
  }
  PtyProcess OnTerminal(const std::vector<std::string>& words, int columns = 100) {
    return {CtlCommand(server_.server().control_address(), words), {"TERM=xterm"}, columns};
  }
  void ExpectState(const std::string& state) {
    EXPECT_THAT(Run({"nodes"}).out, HasSubstr("gateway-1  " + state));
  }

  RunningServer server_{FlagsOfNode()};
};

TEST_F(NodesTest, NodesShowsStateAndConnections) {
  const Client client = server_.Open();
  const ChildProcess::Exit exit = Run({"nodes"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, MatchesRegex("NODE +STATE +CONNECTIONS +MAX +UP +VERSION +INCARNATION\n"
                                     "gateway-1 +serving +1 +[0-9]+ +[0-9]+s +[0-9.]+ +[a-z0-9]+\n"));
  EXPECT_THAT(Run({"nodes", "-o", "json"}).out,
              MatchesRegex("\\{\"node_id\":\"gateway-1\",\"state\":\"NODE_STATE_SERVING\".*\\}\n"));
}

TEST_F(NodesTest, DrainClosesAllAndSaysWhatComesNext) {
  Client client = server_.Open();
  ChildProcess drain(CtlCommand(server_.server().control_address(), {"drain", "--yes", "--code=4005"}));
  EXPECT_EQ(client.ReadCloseAndAnswer().code(), 4005);
  const ChildProcess::Exit exit = drain.Wait();
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, HasSubstr("gateway-1 drained: 1 told to close, 0 still connected\n"));
  EXPECT_THAT(exit.out, HasSubstr("`drawbridgectl resume`"));
  ExpectState("drained");
  EXPECT_EQ(Run({"resume"}).out, "gateway-1 serving: it accepts clients again\n");
  server_.Open().Echo("back again");
}

TEST_F(NodesTest, WithoutATerminalNothingIsDrainedUnconfirmed) {
  const ChildProcess::Exit exit = Run({"drain"});
  EXPECT_EQ(exit.code, 5);
  EXPECT_EQ(exit.out, "");
  EXPECT_THAT(exit.err, HasSubstr("--yes"));
  ExpectState("serving");
}

TEST_F(NodesTest, OnATerminalDrainAsksFirst) {
  const Client client = server_.Open();
  for (const char* answer : {"n\n", "\n", "\x04"}) {
    PtyProcess terminal = OnTerminal({"drain"});
    terminal.WaitFor("Drain gateway-1 and close its 1 connection? [y/N] ");
    terminal.Type(answer);
    EXPECT_EQ(terminal.Wait(), 5);
    EXPECT_THAT(terminal.screen(), HasSubstr("nothing was drained"));
  }
  ExpectState("serving");
  PtyProcess terminal = OnTerminal({"drain", "gateway-1"});
  terminal.WaitFor("? [y/N] ");
  terminal.Type("y\n");
  terminal.WaitFor("gateway-1 drained: 1 told to close, 0 still connected");
  EXPECT_EQ(terminal.Wait(), 0);
}

TEST_F(NodesTest, ControlCEndsTheDisplayAndNotTheDrain) {
  const Client client = server_.Open();
  ChildProcess drain(CtlCommand(server_.server().control_address(), {"drain", "--yes", "--not_ready=1h"}));
  EXPECT_THAT(drain.ReadLine(), HasSubstr("gateway-1 draining: 0 told to close, 1 still connected"));
  drain.Signal(SIGINT);
  const ChildProcess::Exit exit = drain.Wait();
  EXPECT_EQ(exit.code, 130);
  EXPECT_THAT(exit.err, HasSubstr("`drawbridgectl resume`"));
  ExpectState("draining");
  EXPECT_EQ(Run({"resume", "-o", "json"}).code, 0);
  ExpectState("serving");
}

TEST_F(NodesTest, TheIdOfAnotherNodeIsRefused) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"drain", "gateway-2", "--yes"}, {"resume", "gateway-2"}}) {
    const ChildProcess::Exit exit = Run(words);
    EXPECT_EQ(exit.code, 3) << exit.err;
    EXPECT_THAT(exit.err, HasSubstr("NOT_FOUND NODE_NOT_FOUND"));
  }
  ExpectState("serving");
}

TEST_F(NodesTest, ANarrowTerminalKeepsWhatMatters) {
  const Client client =
      server_.Open({.target = "/chat/" + std::string(100, 'p'), .headers = {"User-Agent: tester"}});
  for (const int columns : {60, 80, 120}) {
    PtyProcess terminal = OnTerminal({"ls"}, columns);
    EXPECT_EQ(terminal.Wait(), 0);
    for (const std::string& kept :
         {client.id(), std::string("127.0.0.1:"), std::string("/chat"), std::string("AGE")})
      EXPECT_THAT(terminal.screen(), HasSubstr(kept)) << columns;
  }
  PtyProcess narrow = OnTerminal({"ls"}, 60);
  EXPECT_EQ(narrow.Wait(), 0);
  EXPECT_THAT(narrow.screen(), Not(HasSubstr("AGENT")));
  PtyProcess chosen = OnTerminal({"ls", "--columns", "agent,id"}, 60);
  EXPECT_EQ(chosen.Wait(), 0);
  EXPECT_THAT(chosen.screen(), HasSubstr("tester"));
}

}  // namespace
}  // namespace drawbridge
