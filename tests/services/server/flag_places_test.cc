// The places of flags: the command line, the flag file and the environment. Which one counts, how an error
// names it, and what a reload takes over.
#include <chrono>
#include <fstream>
#include <string>
#include <variant>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/server/flags.h"
#include "services/server/reloadable_flags.h"
#include "tests/services/server/flags_fixture.h"

namespace drawbridge {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

TEST_F(FlagsTest, WhatIsNoFlagIsRefusedByName) {
  EXPECT_THAT(Refused({"--lisen=127.0.0.1:1"}), HasSubstr("lisen"));
  EXPECT_THAT(Refused({"stray"}), HasSubstr("stray"));
  EXPECT_THAT(Refused({"-x"}), HasSubstr("-x"));
  EXPECT_THAT(Refused({"--", "stray"}), HasSubstr("stray"));
  EXPECT_THAT(Refused({"--listen"}), HasSubstr("--listen"));
  EXPECT_THAT(Refused({"--control_insecure=maybe"}), HasSubstr("control_insecure"));
}

TEST_F(FlagsTest, OneLineWhateverWasTyped) {
  Refused({"--node_id=two\nlines"});
  Refused({"--node_id=carriage\rreturn"});
  Refused({"two\nlines"});
  Refused({"--two\nlines=x"});
  Refused({"--listen="});
}

TEST_F(FlagsTest, TheCommandLineWinsOverTheFileWhichWinsOverTheEnvironment) {
  SetEnvironment("DRAWBRIDGE_IO_THREADS", "5");
  EXPECT_EQ(Taken({}).io_threads, 5);
  const std::string file = FlagFile("io_threads=6\n");
  EXPECT_EQ(Taken({file}).io_threads, 6);
  EXPECT_EQ(Taken({file, "--io_threads=7"}).io_threads, 7);
  EXPECT_EQ(Taken({"--io_threads=7", file}).io_threads, 7);
}

TEST_F(FlagsTest, EveryFlagHasItsVariable) {
  SetEnvironment("DRAWBRIDGE_LISTEN", "[::1]:81");
  SetEnvironment("DRAWBRIDGE_CONTROL_LISTEN", "0.0.0.0:82");
  SetEnvironment("DRAWBRIDGE_CONTROL_INSECURE", "true");
  SetEnvironment("DRAWBRIDGE_NODE_ID", "from-env");
  SetEnvironment("DRAWBRIDGE_IDLE_TIMEOUT", "3s");
  SetEnvironment("DRAWBRIDGE_LOG_LEVEL", "error");
  const Flags flags = Taken({});
  EXPECT_EQ(flags.listen, "[::1]:81");
  EXPECT_EQ(flags.control_listen, "0.0.0.0:82");
  EXPECT_TRUE(flags.control_insecure);
  EXPECT_EQ(flags.node_id, "from-env");
  EXPECT_EQ(flags.idle_timeout, seconds(3));
  EXPECT_EQ(flags.log_level, "error");
}

TEST_F(FlagsTest, AFileHoldsFlagsAsTheyAreTyped) {
  const Flags flags =
      Taken({FlagFile("# a comment\n\n  --listen = [::1]:81   # another\ncontrol_insecure\n"
                      "control_listen=0.0.0.0:82\r\n--node_id=n-2\nio_threads=2")});
  EXPECT_EQ(flags.listen, "[::1]:81");
  EXPECT_TRUE(flags.control_insecure);
  EXPECT_EQ(flags.control_listen, "0.0.0.0:82");
  EXPECT_EQ(flags.node_id, "n-2");
  EXPECT_EQ(flags.io_threads, 2);
}

TEST_F(FlagsTest, ABadFileIsRefused) {
  EXPECT_THAT(Refused({"--flagfile=/no/such/file"}), HasSubstr("/no/such/file"));
  EXPECT_THAT(Refused({FlagFile("lisen=127.0.0.1:1\n")}), HasSubstr("lisen"));
  EXPECT_THAT(Refused({FlagFile("= x\n")}), HasSubstr("drawbridge"));
  Refused({"--flagfile=/"});
  Refused({"--flagfile="});
}

TEST_F(FlagsTest, AFileFromAnEditorOfWindowsIsRead) {
  const Flags flags = Taken({FlagFile("\xEF\xBB\xBFio_threads=2\r\n\r\nhealth_check\r\n# a comment\r\n")});
  EXPECT_EQ(flags.io_threads, 2);
  EXPECT_TRUE(flags.health_check);
  EXPECT_THAT(Refused({FlagFile(std::string("\xFF\xFEi\0o\0", 6))}),
              HasSubstr("flags_test.flags:1: must be UTF-8"));
}

TEST_F(FlagsTest, APathInAFileMayHaveANumberSignInIt) {
  EXPECT_THAT(Refused({FlagFile("tls_cert=/no/such#file # comment\n")}), HasSubstr("\"/no/such#file\""));
}

TEST_F(FlagsTest, AComplaintAboutAFileNamesFileAndLine) {
  EXPECT_THAT(Refused({FlagFile("# one\n\nlisen=127.0.0.1:1\n")}),
              HasSubstr("flags_test.flags:3: unknown flag --lisen; did you mean --listen?"));
  EXPECT_THAT(Refused({FlagFile("io_threads=2\nio_threads=0\n")}),
              HasSubstr("flags_test.flags:2: --io_threads is \"0\": must be"));
  EXPECT_THAT(Refused({FlagFile("\nlisten\n")}), HasSubstr("flags_test.flags:2: --listen has no value"));
  EXPECT_THAT(Refused({FlagFile("= x\n")}), HasSubstr("flags_test.flags:1: \"= x\""));
  EXPECT_THAT(Refused({FlagFile("flagfile=/etc/other\n")}),
              HasSubstr("flags_test.flags:1: --flagfile must not be in a flag file"));
}

TEST_F(FlagsTest, AComplaintAboutTheEnvironmentNamesTheVariable) {
  SetEnvironment("DRAWBRIDGE_IO_THREADS", "0");
  EXPECT_THAT(Refused({}), HasSubstr("drawbridge: DRAWBRIDGE_IO_THREADS is \"0\": must be"));
  EXPECT_EQ(Taken({"--io_threads=2"}).io_threads, 2) << "a value that does not count is not judged";
}

TEST_F(FlagsTest, AnUnknownFlagOfTheCommandLineIsNamedWithTheOneThatWasMeant) {
  EXPECT_THAT(Refused({"--lisen=127.0.0.1:1"}), HasSubstr("unknown flag --lisen; did you mean --listen?"));
  EXPECT_THAT(Refused({"--colour=red"}), ::testing::Not(HasSubstr("did you mean")));
  EXPECT_THAT(Refused({"--listen", "--io_threads=2"}),
              HasSubstr("--listen has no value: must be --listen=VALUE"));
}

TEST_F(FlagsTest, ARepeatedListIsReplacedAndWarnedOf) {
  const Flags flags = Taken({"--allowed_hosts=edge.example", "--allowed_origins=*", "--allowed_origins=null",
                             "--io_threads=2", "--io_threads=3"});
  EXPECT_EQ(flags.allowed_origins, "null");
  EXPECT_THAT(flags.warnings, ::testing::ElementsAre(
                                  "--allowed_origins replaces an earlier --allowed_origins: a list has its "
                                  "entries in one flag, separated by commas"));
  EXPECT_THAT(Taken({FlagFile("io_threads=2\nio_threads=3\n")}).warnings,
              ::testing::ElementsAre(HasSubstr(":2: --io_threads replaces an earlier --io_threads")));
  EXPECT_THAT(Taken({FlagFile("allowed_origins=*\n"), "--allowed_origins=null"}).warnings,
              ::testing::IsEmpty())
      << "that is what the order of places is for";
}

TEST_F(FlagsTest, TheFlagFileCanBeNamedByTheEnvironment) {
  SetEnvironment("DRAWBRIDGE_FLAGFILE", FlagFile("io_threads=3\n").substr(std::string("--flagfile=").size()));
  EXPECT_EQ(Taken({}).io_threads, 3);
}

TEST_F(FlagsTest, ABadFlagFileDoesNotMakeAHealthyGatewayIll) {
  EXPECT_EQ(Taken({"--health_check", FlagFile("admin_listen=127.0.0.1:7\nio_threads=none\n")}).admin_listen,
            "127.0.0.1:7");
  EXPECT_TRUE(Taken({"--health_check", FlagFile("= broken\n")}).health_check);
}

TEST_F(FlagsTest, AReloadDoesNotJudgeAgainWhatHasNotChanged) {
  const std::string path = ::testing::TempDir() + "/flags_test.pem";
  std::ofstream(path) << "no certificate";
  Flags running = Taken({});
  running.texts["tls_cert"] = running.tls_cert = path;
  const std::string flag = "--tls_cert=" + path;
  const char* const argv[] = {"drawbridge", flag.c_str(), "--max_message_bytes=7"};
  EXPECT_TRUE(std::holds_alternative<EarlyExit>(ParseFlags(3, argv, kMachine)));
  const auto parsed = ParseFlags(3, argv, kMachine, &running);
  ASSERT_TRUE(std::holds_alternative<Flags>(parsed)) << std::get<EarlyExit>(parsed).text;
  EXPECT_EQ(std::get<Flags>(parsed).max_message_bytes, 7U);
  running.max_message_bytes = 7;
  running.texts["max_message_bytes"] = "7";
  const auto without = ParseFlags(2, argv, kMachine, &running);
  ASSERT_TRUE(std::holds_alternative<Flags>(without));
  EXPECT_EQ(std::get<Flags>(without).max_message_bytes, 1U << 20)
      << "what is no longer given has its default";
}

TEST_F(FlagsTest, TheLastMentionCounts) {
  EXPECT_EQ(Taken({"--io_threads=2", "--io_threads=3"}).io_threads, 3);
  EXPECT_EQ(Taken({FlagFile("io_threads=2\nio_threads=3\n")}).io_threads, 3);
}

TEST_F(FlagsTest, AReloadTakesWhatMayChangeAndNamesTheRest) {
  Flags flags = Taken({});
  const Flags fresh = Taken({"--allowed_hosts=edge.example",
                             "--allowed_origins=*",
                             "--bytes_per_second=1000",
                             "--drain_grace=1s",
                             "--drain_not_ready=2s",
                             "--drain_spread=3s",
                             "--handshake_timeout=4s",
                             "--handshakes_per_second=5",
                             "--idle_timeout=6s",
                             "--log_level=debug",
                             "--max_connection_age=7s",
                             "--max_connections=8",
                             "--max_connections_per_address=9",
                             "--max_handshake_bytes=2048",
                             "--max_message_bytes=10",
                             "--messages_per_second=11",
                             "--ping_interval=12s",
                             "--pong_timeout=13s",
                             "--send_queue_bytes=1400",
                             "--send_stall_timeout=15s",
                             "--subprotocols=chat",
                             "--subprotocol_token_prefixes=secret-",
                             "--trusted_header=forwarded",
                             "--send_queue_total_bytes=1500",
                             "--keepalive_proves_life",
                             "--not_ready_when_full",
                             "--trusted_proxies=10.0.0.0/8",
                             "--drain_code=3000",
                             "--max_age_code=3001",
                             "--io_threads=3",
                             "--permessage_deflate"});
  const FlagChanges changes = TakeReloadable(fresh, &flags);
  EXPECT_THAT(changes.need_restart,
              ::testing::ElementsAre(FlagChange{"io_threads", "4", "3"},
                                     FlagChange{"permessage_deflate", "false", "true"}));
  EXPECT_EQ(changes.taken.size(), 29U);
  EXPECT_THAT(changes.taken, ::testing::Contains(FlagChange{"idle_timeout", "0", "6s"}));
  EXPECT_EQ(ReloadableFlags().size(), 29U + 16U) << "each has a line here or in identity_flags_test.cc";
  EXPECT_EQ(flags.allowed_hosts, "edge.example");
  EXPECT_EQ(flags.allowed_origins, "*");
  EXPECT_EQ(flags.bytes_per_second, 1000U);
  EXPECT_EQ(flags.drain_code, 3000);
  EXPECT_EQ(flags.drain_grace, seconds(1));
  EXPECT_EQ(flags.drain_not_ready, seconds(2));
  EXPECT_EQ(flags.drain_spread, seconds(3));
  EXPECT_EQ(flags.handshake_timeout, seconds(4));
  EXPECT_EQ(flags.handshakes_per_second, 5U);
  EXPECT_EQ(flags.idle_timeout, seconds(6));
  EXPECT_TRUE(flags.keepalive_proves_life);
  EXPECT_TRUE(flags.not_ready_when_full);
  EXPECT_EQ(flags.log_level, "debug");
  EXPECT_EQ(flags.max_age_code, 3001);
  EXPECT_EQ(flags.max_connection_age, seconds(7));
  EXPECT_EQ(flags.max_connections, 8U);
  EXPECT_EQ(flags.max_connections_per_address, 9U);
  EXPECT_EQ(flags.max_handshake_bytes, 2048U);
  EXPECT_EQ(flags.max_message_bytes, 10U);
  EXPECT_EQ(flags.messages_per_second, 11U);
  EXPECT_EQ(flags.ping_interval, seconds(12));
  EXPECT_EQ(flags.pong_timeout, seconds(13));
  EXPECT_EQ(flags.send_queue_bytes, 1400U);
  EXPECT_EQ(flags.send_queue_total_bytes, 1500U);
  EXPECT_EQ(flags.send_stall_timeout, seconds(15));
  EXPECT_EQ(flags.subprotocols, "chat");
  EXPECT_EQ(flags.subprotocol_token_prefixes, "secret-");
  EXPECT_EQ(flags.trusted_header, "forwarded");
  EXPECT_EQ(flags.trusted_proxies, "10.0.0.0/8");
  EXPECT_NE(flags.io_threads, 3);
  EXPECT_FALSE(flags.permessage_deflate);
  const FlagChanges again = TakeReloadable(fresh, &flags);
  EXPECT_THAT(again.taken, ::testing::IsEmpty());
  EXPECT_THAT(again.need_restart, ::testing::SizeIs(2)) << "they are named each time";
}

}  // namespace
}  // namespace drawbridge
