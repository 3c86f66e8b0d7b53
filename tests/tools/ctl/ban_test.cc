// The commands for bans against a real gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/running_server.h"
#include "tests/tools/ctl/ctl.h"

namespace drawbridge {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class BanCommandsTest : public ::testing::Test {
 protected:
  ChildProcess::Exit Run(const std::vector<std::string>& words) {
    return Ctl(server_.server().control_address(), words);
  }
  int Handshake() { return Client::Dial(server_.address()).Upgrade().status; }

  RunningServer server_;
};

TEST_F(BanCommandsTest, BanEndsThoseThereAndUnbanLetsThemInAgain) {
  Client client = server_.Open();
  ChildProcess ban(CtlCommand(server_.server().control_address(),
                              {"ban", "address=127.0.0.0/8", "--for", "1h", "--id", "here", "--code", "4001",
                               "--reason", "abuse", "--http_status", "451"}));
  const ServerFrame close = client.ReadCloseAndAnswer();
  EXPECT_EQ(close.code(), 4001);
  EXPECT_EQ(close.reason(), "abuse");
  ChildProcess::Exit exit = ban.Wait();
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(
      exit.out,
      MatchesRegex("here refuses address=127.0.0.0/8 until 20.*; interrupted 1 of 1: 1 closed clean\n"));
  EXPECT_EQ(Handshake(), 451);
  EXPECT_THAT(Run({"bans"}).out,
              MatchesRegex("BAN +SUBJECT +LEFT +REASON +CODE +HTTP +BY\n"
                           "here +address=127.0.0.0/8 +(59m[0-9]+s|1h00m) +abuse +4001 +451\n"));
  EXPECT_THAT(Run({"bans", "-o", "json"}).out,
              AllOf(HasSubstr("\"ban_id\":\"here\""), HasSubstr("127.0.0.0/8")));
  exit = Run({"unban", "here"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_EQ(exit.out, "here is deleted: it refused address=127.0.0.0/8\n");
  EXPECT_EQ(Handshake(), 101);
}

TEST_F(BanCommandsTest, UnbanOfAnUnknownBan) {
  EXPECT_EQ(Run({"unban", "none"}).code, 3);
  const ChildProcess::Exit exit = Run({"unban", "none", "--allow_missing"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_EQ(exit.out, "none: there is no such ban\n");
}

TEST_F(BanCommandsTest, RefusesWhatIsNoBan) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"ban", "--for", "1h"},
           {"ban", "principal=alice"},
           {"ban", "alice", "--for", "1h"},
           {"ban", "label=tier", "--for", "1h"},
           {"ban", "user=alice", "--for", "1h"},
           {"ban", "principal=alice", "--for", "0s"},
           {"ban", "principal=alice", "--for", "2161h"},
           {"ban", "principal=alice", "--until", "tomorrow"},
           {"ban", "principal=alice", "--until", "2020-01-01T00:00:00Z"},
           {"ban", "principal=alice", "--for", "1h", "--until", "2026-11-25T08:30:00Z"},
           {"ban", "address=10.0.0.1/8", "--for", "1h"},
           {"ban", "principal=alice", "--for", "1h", "--id", "A b"},
       }) {
    const ChildProcess::Exit exit = Run(words);
    EXPECT_EQ(exit.code, 2) << ::testing::PrintToString(words);
    EXPECT_EQ(exit.out, "");
  }
  EXPECT_EQ(Run({"bans", "-o", "json"}).out, "");
}

TEST_F(BanCommandsTest, InterruptRefusesTheClientAfterwards) {
  Client client = server_.Open();
  const ChildProcess::Exit exit = Run({"interrupt", client.id(), "--abort", "--refuse_for", "10m"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, HasSubstr("; refused by the ban " + client.id()));
  EXPECT_EQ(Handshake(), 403);
}

TEST_F(BanCommandsTest, InterruptOfManyRefusesTheirClients) {
  const Client one = server_.Open();
  const Client two = server_.Open();
  const ChildProcess::Exit exit =
      Run({"interrupt", "--filter", "*", "--yes", "--abort", "--refuse_for", "10m"});
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_THAT(exit.out, HasSubstr("; 1 ban made\n"));
  EXPECT_EQ(Handshake(), 403);
}

}  // namespace
}  // namespace drawbridge
