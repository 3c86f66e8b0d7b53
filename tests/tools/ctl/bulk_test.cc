// The bulk subcommands against a real gateway, also on a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <future>
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

class BulkTest : public ::testing::Test {
 protected:
  void Open(int count, const std::string& target = "/crowd") {
    for (int i = 0; i < count; ++i) clients_.push_back(server_.Open({.target = target}));
  }

  ChildProcess::Exit Run(const std::vector<std::string>& words) {
    return Ctl(server_.server().control_address(), words);
  }

  PtyProcess OnTerminal(std::vector<std::string> words,
                        const std::vector<std::string>& environment = {"TERM=xterm"}) {
    return {CtlCommand(server_.server().control_address(), std::move(words)), environment};
  }

  // All clients answer their close frames, which must have this code.
  std::future<void> StartAnswering(int code) {
    return std::async(std::launch::async, [this, code] {
      for (Client& client : clients_) EXPECT_EQ(client.ReadCloseAndAnswer().code(), code);
    });
  }

  void ExpectAllOpen() {
    for (Client& client : clients_) client.Echo("still here");
  }

  RunningServer server_;
  std::vector<Client> clients_;
};

const std::vector<std::string> kCrowd{"interrupt", "--filter", "path = \"/crowd\""};

std::vector<std::string> Crowd(const std::vector<std::string>& further) {
  std::vector<std::string> words = kCrowd;
  words.insert(words.end(), further.begin(), further.end());
  return words;
}

TEST_F(BulkTest, WithoutATerminalNothingIsClosedUnconfirmed) {
  Open(2);
  const ChildProcess::Exit exit = Run(kCrowd);
  EXPECT_EQ(exit.code, 5);
  EXPECT_EQ(exit.out, "");
  EXPECT_THAT(exit.err, HasSubstr("--yes"));
  ExpectAllOpen();
}

TEST_F(BulkTest, YesClosesAllThatMatchAndTellsHowFarItIs) {
  Client other = server_.Open({.target = "/other"});
  Open(30);
  auto answering = StartAnswering(4003);
  const ChildProcess::Exit exit = Run(Crowd({"--yes", "--code=4003", "--rate=20"}));
  answering.get();
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_EQ(exit.err, "");
  EXPECT_THAT(exit.out,
              MatchesRegex("(Interrupted [0-9]+ of 30.*\n)+Interrupted 30 of 30: 30 closed clean\n"));
  EXPECT_THAT(exit.out, Not(HasSubstr("\r")));
  other.Echo("still here");
}

TEST_F(BulkTest, YesIsEnoughToCloseEveryConnection) {
  Open(3);
  auto answering = StartAnswering(1008);
  const ChildProcess::Exit exit = Run({"interrupt", "--filter", "*", "--yes"});
  answering.get();
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, HasSubstr("Interrupted 3 of 3: 3 closed clean\n"));
}

TEST_F(BulkTest, JsonIsWhatTheGatewaySays) {
  Open(3);
  auto answering = StartAnswering(1008);
  const ChildProcess::Exit exit = Run(Crowd({"--yes", "-o", "json"}));
  answering.get();
  EXPECT_THAT(exit.out, MatchesRegex("(\\{.*\\}\n)*\\{.*\"closed_clean_count\":\"3\".*\"done\":true.*\\}\n"));
}

TEST_F(BulkTest, ADryRunCountsAndNamesSome) {
  Open(7);
  const ChildProcess::Exit exit = Run(Crowd({"--dry_run"}));
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, MatchesRegex("7 connections match: ([a-z0-9-]+, ){5}\\.\\.\\.\n"));
  EXPECT_THAT(Run({"interrupt", "--filter", "path = \"/nobody\"", "--dry_run"}).out,
              "0 connections match.\n");
  ExpectAllOpen();
}

TEST_F(BulkTest, MaxCountRefusesAndLimitBounds) {
  Open(4);
  const ChildProcess::Exit refused = Run(Crowd({"--yes", "--max_count=3"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("FAILED_PRECONDITION"));
  ExpectAllOpen();
  const ChildProcess::Exit limited = Run(Crowd({"--yes", "--limit=2", "--abort"}));
  EXPECT_EQ(limited.out, "Interrupted 2 of 2: 2 aborted\n") << limited.err;
}

TEST_F(BulkTest, OnATerminalItAsksFirst) {
  Open(3);
  for (const char* answer : {"n\n", "\n", "yes please\n", "\x04"}) {
    PtyProcess terminal = OnTerminal(kCrowd);
    terminal.WaitFor("3 connections match: " + clients_[0].id());
    terminal.WaitFor("Interrupt 3 connections? [y/N] ");
    terminal.Type(answer);
    EXPECT_EQ(terminal.Wait(), 5);
    EXPECT_THAT(terminal.screen(), HasSubstr("nothing was closed"));
  }
  ExpectAllOpen();
}

TEST_F(BulkTest, ConfirmedItClosesWithABar) {
  Open(3);
  PtyProcess terminal = OnTerminal(kCrowd);
  terminal.WaitFor("? [y/N] ");
  auto answering = StartAnswering(1008);
  terminal.Type("y\n");
  answering.get();
  terminal.WaitFor("[####");
  terminal.WaitFor("Interrupted 3 of 3: 3 closed clean\r\n");
  EXPECT_EQ(terminal.Wait(), 0);
}

TEST_F(BulkTest, WhoCameAfterTheConfirmationIsNotClosedUnasked) {
  Open(2);
  PtyProcess terminal = OnTerminal(kCrowd);
  terminal.WaitFor("Interrupt 2 connections?");
  Open(1);
  terminal.Type("y\n");
  EXPECT_EQ(terminal.Wait(), 1);
  EXPECT_THAT(terminal.screen(), HasSubstr("FAILED_PRECONDITION"));
  ExpectAllOpen();
}

TEST_F(BulkTest, WithALimitItAsksForTheLimit) {
  Open(3);
  PtyProcess terminal = OnTerminal(Crowd({"--limit=2", "--abort"}));
  terminal.WaitFor("Abort 2 connections of 3? [y/N] ");
  terminal.Type("y\n");
  terminal.WaitFor("Interrupted 2 of 2: 2 aborted");
  EXPECT_EQ(terminal.Wait(), 0);
}

TEST_F(BulkTest, ControlCStopsFurtherCloses) {
  Open(20);
  ChildProcess process(
      CtlCommand(server_.server().control_address(), Crowd({"--yes", "--rate=1", "--abort"})));
  EXPECT_THAT(process.ReadLine(), HasSubstr("of 20"));
  process.Signal(SIGINT);
  const ChildProcess::Exit exit = process.Wait();
  EXPECT_EQ(exit.code, 130);
  EXPECT_THAT(exit.err, HasSubstr("stopped"));
  const std::string left = Run({"ls", "-o", "json"}).out;
  EXPECT_GT(std::ranges::count(left, '\n'), 10);
}

TEST_F(BulkTest, BroadcastReachesAllThatMatch) {
  Client other = server_.Open({.target = "/other"});
  Open(3);
  const ChildProcess::Exit exit = Run({"broadcast", "--filter", "path = \"/crowd\"", "news"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_EQ(exit.out, "Queued for 3 of 3 connections\n");
  for (Client& client : clients_) EXPECT_EQ(client.ReadFrame().payload, "news");
  other.Echo("nothing came before this");
}

TEST_F(BulkTest, NoColorAndDumbTerminalsAreRespected) {
  Open(1);
  const auto colour = [this](const std::vector<std::string>& environment) {
    PtyProcess terminal = OnTerminal({"ls"}, environment);
    EXPECT_EQ(terminal.Wait(), 0);
    return terminal.screen().find('\x1b') != std::string::npos;
  };
  EXPECT_TRUE(colour({"TERM=xterm"}));
  EXPECT_FALSE(colour({"TERM=xterm", "NO_COLOR=1"}));
  EXPECT_FALSE(colour({"TERM=dumb"}));
}

TEST_F(BulkTest, ATableIsAsWideAsTheTerminal) {
  Open(1, "/" + std::string(300, 'p'));
  PtyProcess terminal(CtlCommand(server_.server().control_address(), {"ls"}), {"NO_COLOR=1"}, 120);
  EXPECT_EQ(terminal.Wait(), 0);
  EXPECT_THAT(terminal.screen(), HasSubstr("ppp…"));
  EXPECT_LE(terminal.screen().find("\r\n"), 120u);
}

struct Ending {
  const char* keys;
  int code;
};

TEST_F(BulkTest, TopTakesTheTerminalAndGivesItBack) {
  Open(1, "/top");
  for (const Ending& ending : {Ending{"q", 0}, Ending{"\x03", -SIGINT}}) {
    PtyProcess terminal = OnTerminal({"top", "--interval=100ms"});
    terminal.WaitFor("\x1b[?1049h");
    terminal.WaitFor("Measuring");
    EXPECT_EQ(terminal.Settings().c_lflag & (ICANON | ECHO), 0u);
    terminal.WaitFor("/top");
    terminal.WaitFor("/top");  // redrawn
    terminal.Type(ending.keys);
    EXPECT_EQ(terminal.Wait(), ending.code);
    terminal.WaitFor("\x1b[?1049l");
    EXPECT_NE(terminal.Settings().c_lflag & (ICANON | ECHO), 0u);
  }
}

TEST_F(BulkTest, TopEndsAfterItsCount) {
  PtyProcess terminal = OnTerminal({"top", "--interval=100ms", "--count=2"});
  EXPECT_EQ(terminal.Wait(), 0);
  terminal.WaitFor("\x1b[?1049l");
}

}  // namespace
}  // namespace drawbridge
