// drawbridgectl against a real gateway: output, effects, refusals and exit codes.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/tools/ctl/ctl.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class ProgramTest : public ::testing::Test {
 protected:
  ChildProcess::Exit Run(const std::vector<std::string>& words, const std::string& input = "") {
    return Ctl(server_.server().control_address(), words, input);
  }

  RunningServer server_;
};

bool IsOneLine(const std::string& text) { return !text.empty() && text.find('\n') == text.size() - 1; }

long Lines(const std::string& text) { return std::ranges::count(text, '\n'); }

void ExpectFailure(const ChildProcess::Exit& exit, int code, const std::string& what) {
  EXPECT_EQ(exit.code, code) << exit.err;
  EXPECT_EQ(exit.out, "");
  EXPECT_TRUE(IsOneLine(exit.err)) << exit.err;
  EXPECT_THAT(exit.err, StartsWith("drawbridgectl: "));
  EXPECT_THAT(exit.err, HasSubstr(what));
}

TEST_F(ProgramTest, LsShowsWhoMatches) {
  const Client one = server_.Open({.target = "/one", .headers = {"User-Agent: tester"}});
  const Client two = server_.Open({.target = "/two"});
  ChildProcess::Exit exit = Run({"ls"});
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.err, "");
  EXPECT_EQ(Lines(exit.out), 3) << exit.out;
  EXPECT_THAT(exit.out, MatchesRegex("ID +STATE .*USER AGENT\n" + one.id() + " +open .*/one .*tester\n" +
                                     two.id() + " +open .*/two .*\n"));
  EXPECT_THAT(exit.out, Not(HasSubstr("\x1b")));
  exit = Run({"ls", "--filter", "path = \"/two\"", "-o", "json"});
  EXPECT_EQ(Lines(exit.out), 1);
  control::v1::Connection connection;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(exit.out, &connection).ok()) << exit.out;
  EXPECT_EQ(connection.connection_id(), two.id());
}

TEST_F(ProgramTest, LsGoesOverPagesAndKeepsItsLimit) {
  Flags flags = TestFlags();
  flags.max_connections = 1200;
  RunningServer big(flags);
  std::vector<Client> clients;
  clients.reserve(1001);
  for (int i = 0; i < 1001; ++i) clients.push_back(big.Open());
  const std::string address = big.server().control_address();
  EXPECT_EQ(Lines(Ctl(address, {"ls"}).out), 1002) << "one more than a page, and the titles once";
  EXPECT_EQ(Lines(Ctl(address, {"ls", "--limit", "1001", "-o", "json"}).out), 1001);
  EXPECT_EQ(Lines(Ctl(address, {"ls", "--limit", "7", "-o", "json"}).out), 7);
}

TEST_F(ProgramTest, WhatClientsSayNeverReachesTheTerminalRaw) {
  const Client client = server_.Open({.headers = {"User-Agent: \xc2\x9b"
                                                  "31mred\xe2\x80\xae"}});
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"ls"}, {"get", client.id()}, {"top", "--count=1", "--interval=100ms"}}) {
    const ChildProcess::Exit exit = Run(words);
    EXPECT_EQ(exit.code, 0) << exit.err;
    EXPECT_THAT(exit.out, HasSubstr(client.id()));
    for (const char* raw : {"\x1b", "\xc2\x9b", "\xe2\x80\xae"}) EXPECT_THAT(exit.out, Not(HasSubstr(raw)));
  }
  EXPECT_THAT(Run({"get", client.id()}).out, HasSubstr("\\u009b31mred"));
  for (const char* raw : {"\xc2\x9b", "\xe2\x80\xae"})
    EXPECT_THAT(Run({"ls", "-o", "json"}).out, Not(HasSubstr(raw)));
}

TEST_F(ProgramTest, GetShowsTheLivingAndTheDead) {
  Client client = server_.Open({.target = "/chat"});
  EXPECT_THAT(Run({"get", client.id()}).out, HasSubstr("/chat"));
  client.SendClose(1000);
  server_.GetWhenClosed(client.id());
  const ChildProcess::Exit exit = Run({"get", client.id()});
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, HasSubstr("closed"));
  EXPECT_THAT(exit.out, HasSubstr("by client"));
  EXPECT_THAT(Run({"ls", "--show_closed"}).out, HasSubstr(client.id()));
  EXPECT_THAT(Run({"ls"}).out, Not(HasSubstr(client.id())));
}

TEST_F(ProgramTest, InterruptEndsOneAndSaysHow) {
  Client client = server_.Open();
  Client other = server_.Open();
  ChildProcess interrupt(CtlCommand(server_.server().control_address(),
                                    {"interrupt", client.id(), "--code=4001", "--reason", "token revoked"}));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 4001);
  EXPECT_EQ(close.reason(), "token revoked");
  const ChildProcess::Exit exit = interrupt.Wait();
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, StartsWith(client.id() + " closed_clean: 4001 interrupted, by control, in "));
  EXPECT_THAT(Run({"interrupt", client.id()}).out, HasSubstr("already_closed"));
  other.Echo("still here");
}

TEST_F(ProgramTest, InterruptSaysThatTheClientRefusedTheCode) {
  Client client = server_.Open();
  ChildProcess interrupt(
      CtlCommand(server_.server().control_address(), {"interrupt", client.id(), "--code=1012"}));
  EXPECT_EQ(client.ReadClose().code(), 1012);
  client.SendClose(1002);
  EXPECT_THAT(interrupt.Wait().out, AllOf(StartsWith(client.id() + " closed_rejected: 1012 interrupted, by "),
                                          HasSubstr("; the client answered 1002")));
  EXPECT_THAT(Run({"get", client.id()}).out, ContainsRegex("close_outcome +rejected"));
}

TEST_F(ProgramTest, InterruptTakesItsGraceBeyondTheTimeout) {
  const Client silent = server_.Open();
  const ChildProcess::Exit exit = Run({"interrupt", silent.id(), "--grace", "400ms", "--timeout", "2s"});
  EXPECT_THAT(exit.out, HasSubstr("closed_timeout")) << exit.err;
}

TEST_F(ProgramTest, InterruptAborts) {
  Client client = server_.Open();
  EXPECT_THAT(Run({"interrupt", client.id(), "--abort"}).out, HasSubstr("closed_aborted"));
  EXPECT_EQ(client.ReadEnd(), Client::Ending::kReset);
}

TEST_F(ProgramTest, SendTakesItsTextFromTheCommandOrTheInput) {
  Client client = server_.Open();
  const ChildProcess::Exit exit = Run({"send", client.id(), "from afar", "--wait_written"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_EQ(exit.out, "Written; 0 messages with 0 bytes wait for this client\n");
  EXPECT_EQ(client.ReadFrame().payload, "from afar");
  EXPECT_EQ(Run({"send", client.id()}, "two\nlines\n").code, 0);
  EXPECT_EQ(client.ReadFrame().payload, "two\nlines\n");
  EXPECT_EQ(Run({"send", client.id(), "--binary"}, "\xff\xfe").code, 0);
  const ServerFrame frame = client.ReadFrame();
  EXPECT_EQ(frame.opcode, kOpBinary);
  EXPECT_EQ(frame.payload, "\xff\xfe");
  ExpectFailure(Run({"send", client.id()}, "\xff\xfe"), 2, "UTF-8");
}

TEST_F(ProgramTest, LabelReadsChangesAndWrites) {
  const Client client = server_.Open();
  EXPECT_EQ(Run({"label", client.id(), "user=alice", "tier=gold"}).out,
            client.id() + " tier=gold user=alice\n");
  EXPECT_EQ(Run({"label", client.id(), "tier-", "team=red"}).out, client.id() + " team=red user=alice\n");
  EXPECT_EQ(server_.Get(client.id()).labels().size(), 2u);
  EXPECT_EQ(Run({"label", client.id(), "--expire", "1h"}).code, 0);
  EXPECT_TRUE(server_.Get(client.id()).has_expire_time());
  EXPECT_EQ(server_.Get(client.id()).labels().size(), 2u) << "labels are left alone";
  EXPECT_EQ(Run({"label", client.id(), "--expire", "never"}).code, 0);
  EXPECT_FALSE(server_.Get(client.id()).has_expire_time());
  ExpectFailure(Run({"label", client.id(), "NOT=good"}), 2, "LABEL_KEY_MALFORMED");
}

TEST_F(ProgramTest, TopWritesATableForEachInterval) {
  Client busy = server_.Open({.target = "/busy"});
  const Client idle = server_.Open({.target = "/idle"});
  for (int i = 0; i < 10; ++i) busy.Echo("hello");
  const ChildProcess::Exit exit = Run({"top", "--count=2", "--interval=100ms", "--limit=1"});
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(Lines(exit.out), 8) << exit.out;
  EXPECT_THAT(exit.out, HasSubstr("2 connections"));
  const std::string json = Run({"top", "--count=1", "--interval=100ms", "-o", "json"}).out;
  EXPECT_EQ(Lines(json), 2);
  EXPECT_THAT(json, HasSubstr("\"received_messages_per_second\":0.000"));
}

TEST_F(ProgramTest, FailuresAreOneLineWithTheReasonAndAnExitCode) {
  ExpectFailure(Run({"get", "no0n-neverwas-1"}), 3, "NOT_FOUND CONNECTION_NOT_FOUND");
  ExpectFailure(Run({"interrupt", "no0n-neverwas-1"}), 3, "NOT_FOUND CONNECTION_NOT_FOUND");
  ExpectFailure(Run({"ls", "--filter", "pth = x"}), 2, "INVALID_ARGUMENT FILTER_INVALID: filter: column 1");
  ExpectFailure(Run({"get", "Not An Id"}), 2, "CONNECTION_ID_MALFORMED");
  ExpectFailure(Run({"interrupt", "no0n-neverwas-1", "--code", "1006"}), 2, "code");
  ExpectFailure(Ctl("127.0.0.1:1", {"ls"}), 4, "UNAVAILABLE");
  ExpectFailure(Ctl("127.0.0.1:1", {"watch"}), 4, "UNAVAILABLE");
}

TEST_F(ProgramTest, BadCommandLinesAreOneLineAndExit2) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"fly"},
                                             {"ls", "stray"},
                                             {"ls", "--limit=0"},
                                             {"ls", "-o", "xml"},
                                             {"--timeout=5", "ls"},
                                             {"get"},
                                             {"interrupt"},
                                             {"interrupt", "an-id", "--filter", "*"},
                                             {"interrupt", "an-id", "--yes"},
                                             {"interrupt", "--filter", "", "--yes"},
                                             {"interrupt", "an-id", "--code=999"},
                                             {"interrupt", "an-id", "--grace=61s"},
                                             {"broadcast", "text"},
                                             {"label", "an-id"},
                                             {"label", "an-id", "word"},
                                             {"label", "an-id", "--expire", "soon"},
                                             {"ls", "--columns", "id,colour"},
                                             {"ls", "--columns", ""},
                                             {"ls", "--sort", "colour"},
                                             {"drain", "--spread=2h"},
                                             {"drain", "--code=999"},
                                             {"count", "--limit=5"},
                                             {"nodes", "stray"},
                                             {"top", "--by", "name"},
                                             {"top", "--interval=0s"},
                                             {"completion", "tcsh"}}) {
    ExpectFailure(Run(words), 2, "(see --help)");
  }
}

TEST_F(ProgramTest, ATypoIsNamedAndCorrected) {
  ExpectFailure(Run({"lss"}), 2, "unknown command \"lss\"; did you mean \"ls\"?");
  ExpectFailure(Run({"interupt", "--filter", "*", "--yes"}), 2,
                "unknown command \"interupt\"; did you mean \"interrupt\"?");
  ExpectFailure(Run({"help"}), 2, "unknown command \"help\"; did you mean \"--help\"?");
  ExpectFailure(Run({"fly"}), 2, "unknown command \"fly\" (see --help)");
  ExpectFailure(Run({"ls", "--fliter", "*"}), 2, "unknown flag \"--fliter\"; did you mean \"--filter\"?");
  ExpectFailure(Run({"get", "--adress=x"}), 2, "unknown flag \"--adress\"; did you mean \"--address\"?");
  ExpectFailure(Run({"ls", "stray"}), 2, "unexpected argument \"stray\"");
  ExpectFailure(Run({}), 2, "a command is missing: one of ls, get, ");
}

TEST_F(ProgramTest, TheVersionIsThatOfTheRelease) {
  EXPECT_THAT(Run({"--version"}).out, MatchesRegex("drawbridgectl [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(ProgramTest, AnUnknownIdThatMayBeMissingIsNamed) {
  EXPECT_EQ(Run({"interrupt", "no0n-neverwas-1", "--allow_missing"}).out,
            "no0n-neverwas-1 already_closed: no such connection is known\n");
}

TEST_F(ProgramTest, LsSortsAndChoosesColumns) {
  const Client b = server_.Open({.target = "/b"});
  const Client a = server_.Open({.target = "/a"});
  const Client c = server_.Open({.target = "/c"});
  EXPECT_EQ(Run({"ls", "--columns", "path,tls", "--sort", "path"}).out,
            "PATH  TLS\n/a    no\n/b    no\n/c    no\n");
  EXPECT_EQ(Run({"ls", "--columns=path", "--sort", "-path", "--limit=2"}).out, "PATH\n/c\n/b\n");
  EXPECT_EQ(Run({"ls", "--columns=path", "--sort=age"}).out, "PATH\n/c\n/a\n/b\n") << "the youngest first";
  EXPECT_THAT(Run({"ls", "--sort=path", "--limit=1", "-o", "json"}).out, HasSubstr("\"path\":\"/a\""));
  ExpectFailure(Run({"ls", "--columns=path", "-o", "json"}), 2, "--columns");
}

TEST_F(ProgramTest, CountCountsInTotalAndByValue) {
  const Client one = server_.Open({.target = "/chat"});
  const Client two = server_.Open({.target = "/chat"});
  const Client three = server_.Open({.target = "/feed"});
  ASSERT_EQ(Run({"label", one.id(), "tenant=acme"}).code, 0);
  EXPECT_EQ(Run({"count"}).out, "3\n");
  EXPECT_EQ(Run({"count", "--filter", "path = \"/feed\""}).out, "1\n");
  EXPECT_THAT(Run({"count", "--by", "path"}).out,
              MatchesRegex("PATH +CONNECTIONS\n/chat +2\n/feed +1\n\\(total\\) +3\n"));
  EXPECT_THAT(Run({"count", "--by", "path", "--limit=1"}).out,
              MatchesRegex("PATH +CONNECTIONS\n/chat +2\n\\(others\\) +1\n\\(total\\) +3\n"));
  EXPECT_THAT(Run({"count", "--by", "tenant"}).out,
              MatchesRegex("TENANT +CONNECTIONS\nacme +1\n\\(none\\) +2\n\\(total\\) +3\n"));
  EXPECT_THAT(Run({"count", "--by", "node"}).out, HasSubstr("(total)"));
  EXPECT_THAT(Run({"count", "-o", "json"}).out, HasSubstr("\"total_count\":\"3\""));
  ExpectFailure(Run({"count", "--by", "NOT GOOD"}), 2, "INVALID_ARGUMENT");
}

TEST_F(ProgramTest, ABadValueFromTheEnvironmentIsBlamedOnIt) {
  const ChildProcess::Exit exit =
      ChildProcess({"tools/ctl/drawbridgectl", "ls"}, {"DRAWBRIDGE_ADDRESS=http://gateway"}).Wait();
  ExpectFailure(exit, 2, "DRAWBRIDGE_ADDRESS is \"http://gateway\": must be HOST, HOST:PORT");
  ExpectFailure(
      ChildProcess({"tools/ctl/drawbridgectl", "ls", "--address=http://here"}, {"DRAWBRIDGE_ADDRESS=x"})
          .Wait(),
      2, "--address is \"http://here\"");
}

TEST_F(ProgramTest, TheAddressMayComeFromTheEnvironment) {
  const std::string variable = "DRAWBRIDGE_ADDRESS=" + server_.server().control_address();
  EXPECT_EQ(ChildProcess({"tools/ctl/drawbridgectl", "ls"}, {variable}).Wait().code, 0);
  EXPECT_EQ(ChildProcess({"tools/ctl/drawbridgectl", "ls"}, {"DRAWBRIDGE_ADDRESS=127.0.0.1:1"}).Wait().code,
            4);
}

TEST_F(ProgramTest, EverySubcommandTeachesByExample) {
  for (const char* name : {"ls", "get", "count", "interrupt", "send", "broadcast", "label", "watch", "top",
                           "nodes", "drain", "resume", "token", "completion"}) {
    const ChildProcess::Exit exit = Run({name, "--help"});
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(exit.err, "");
    EXPECT_THAT(exit.out, HasSubstr(std::string("drawbridgectl ") + name));
  }
  EXPECT_THAT(Run({"--help"}).out, HasSubstr("Exit codes:"));
}

TEST_F(ProgramTest, OutputThatCannotBeWrittenIsAFailure) {
  const ChildProcess::Exit exit =
      ChildProcess({"/bin/sh", "-c", "exec tools/ctl/drawbridgectl --address \"$0\" ls >/dev/full",
                    server_.server().control_address()})
          .Wait();
  EXPECT_EQ(exit.code, 1);
  EXPECT_THAT(exit.err, HasSubstr("cannot write"));
}

}  // namespace
}  // namespace drawbridge
