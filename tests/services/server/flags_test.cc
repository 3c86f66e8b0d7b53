// What an operator types is taken as meant or refused with one line that says what to change.
#include "services/server/flags.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/server/reloadable_flags.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

const Machine kMachine{.host_name = "Box_7.example", .cores = 4, .descriptors = 1024, .memory = 1 << 30};

class FlagsTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const std::string& name : set_) ::unsetenv(name.c_str());
  }

  std::variant<Flags, EarlyExit> Parse(const std::vector<std::string>& args) {
    std::vector<const char*> argv = {"drawbridge"};
    for (const std::string& arg : args) argv.push_back(arg.c_str());
    return ParseFlags(static_cast<int>(argv.size()), argv.data(), kMachine);
  }
  Flags Taken(const std::vector<std::string>& args) {
    const auto parsed = Parse(args);
    if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
      ADD_FAILURE() << exit->text;
      return {};
    }
    return std::get<Flags>(parsed);
  }
  // The line on standard error.
  std::string Refused(const std::vector<std::string>& args) {
    const auto parsed = Parse(args);
    const auto* exit = std::get_if<EarlyExit>(&parsed);
    if (exit == nullptr) {
      ADD_FAILURE() << "taken: " << ::testing::PrintToString(args);
      return {};
    }
    EXPECT_EQ(exit->code, 2) << exit->text;
    EXPECT_EQ(std::ranges::count(exit->text, '\n'), 1) << exit->text;
    EXPECT_TRUE(exit->text.ends_with('\n'));
    EXPECT_TRUE(exit->text.starts_with("drawbridge: ")) << exit->text;
    return exit->text;
  }
  void SetEnvironment(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }
  std::string FlagFile(const std::string& text) {
    const std::string path = ::testing::TempDir() + "/flags_test.flags";
    std::ofstream(path) << text;
    return "--flagfile=" + path;
  }

 private:
  std::vector<std::string> set_;
};

TEST_F(FlagsTest, TheDefaultsFitTheMachine) {
  const Flags flags = Taken({});
  EXPECT_EQ(flags.listen, "0.0.0.0:8080");
  EXPECT_EQ(flags.control_listen, "127.0.0.1:9090");
  EXPECT_EQ(flags.admin_listen, "127.0.0.1:9091");
  EXPECT_FALSE(flags.control_insecure);
  EXPECT_EQ(flags.node_id, "box-7-example");
  EXPECT_EQ(flags.io_threads, 4);
  EXPECT_EQ(flags.handler, "echo");
  EXPECT_GT(flags.max_connections, 512U);
  EXPECT_LT(flags.max_connections, 1024U);
  EXPECT_EQ(flags.max_message_bytes, 1U << 20);
  EXPECT_EQ(flags.send_queue_bytes, 1U << 20);
  EXPECT_EQ(flags.send_queue_total_bytes, 1U << 28);
  EXPECT_EQ(flags.send_stall_timeout, seconds(10));
  EXPECT_EQ(flags.handshake_timeout, seconds(10));
  EXPECT_EQ(flags.ping_interval, seconds(25));
  EXPECT_EQ(flags.pong_timeout, seconds(10));
  EXPECT_FALSE(flags.keepalive_proves_life);
  EXPECT_EQ(flags.idle_timeout, seconds(0));
  EXPECT_EQ(flags.drain_grace, seconds(5));
  EXPECT_EQ(flags.drain_code, 1001);
  EXPECT_EQ(flags.max_age_code, 1001);
  EXPECT_EQ(flags.log_format, "text");
  EXPECT_EQ(flags.log_level, "info");
}

TEST_F(FlagsTest, EveryFlagIsTaken) {
  const Flags flags = Taken({"--listen=[::1]:0",
                             "--control_listen=0.0.0.0:1",
                             "--control_insecure",
                             "--admin_listen=[::]:2",
                             "--node_id=n-1",
                             "--io_threads=3",
                             "--handler=discard",
                             "--max_connections=10",
                             "--max_message_bytes=1",
                             "--send_queue_bytes=1024",
                             "--send_stall_timeout=1ms",
                             "--handshake_timeout",
                             "1.5s",
                             "--ping_interval=0",
                             "--pong_timeout=1h",
                             "--idle_timeout=2m",
                             "--drain_grace=0s",
                             "--drain_code=1012",
                             "--max_age_code=4999",
                             "--log_format=json",
                             "--log_level=debug"});
  EXPECT_EQ(flags.listen, "[::1]:0");
  EXPECT_EQ(flags.control_listen, "0.0.0.0:1");
  EXPECT_EQ(flags.admin_listen, "[::]:2");
  EXPECT_TRUE(flags.control_insecure);
  EXPECT_EQ(flags.node_id, "n-1");
  EXPECT_EQ(flags.io_threads, 3);
  EXPECT_EQ(flags.handler, "discard");
  EXPECT_EQ(flags.max_connections, 10U);
  EXPECT_EQ(flags.max_message_bytes, 1U);
  EXPECT_EQ(flags.send_queue_bytes, 1024U);
  EXPECT_EQ(flags.send_stall_timeout, milliseconds(1));
  EXPECT_EQ(flags.handshake_timeout, milliseconds(1500));
  EXPECT_EQ(flags.ping_interval, seconds(0));
  EXPECT_EQ(flags.pong_timeout, minutes(60));
  EXPECT_EQ(flags.idle_timeout, minutes(2));
  EXPECT_EQ(flags.drain_grace, seconds(0));
  EXPECT_EQ(flags.drain_code, 1012);
  EXPECT_EQ(flags.max_age_code, 4999);
  EXPECT_EQ(flags.log_format, "json");
  EXPECT_EQ(flags.log_level, "debug");
}

// `bound`: a part of the line that says what would be right.
struct Bad {
  const char* flag;
  const char* value;
  const char* bound;
};
constexpr Bad kBad[] = {
    {"listen", "localhost:80", "ip:port"},
    {"listen", "", ""},
    {"listen", "127.0.0.1", "ip:port"},
    {"listen", "127.0.0.1:65536", "ip:port"},
    {"listen", "[::1]", "ip:port"},
    {"control_listen", ":9090", "ip:port"},
    {"admin_listen", "localhost:9091", "ip:port"},
    {"control_listen", "0.0.0.0:9090", "--control_insecure"},
    {"node_id", "Upper", "[a-z0-9-]"},
    {"node_id", "under_score", "1 to 40"},
    {"node_id", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1 to 40"},
    {"io_threads", "0", "1 to 256"},
    {"io_threads", "257", "1 to 256"},
    {"io_threads", "-1", "1 to 256"},
    {"io_threads", "two", "1 to 256"},
    {"io_threads", "1.5", "1 to 256"},
    {"io_threads", "18446744073709551617", "1 to 256"},
    {"handler", "shout", "echo, discard"},
    {"max_connections", "0", "from 1"},
    {"max_connections", "1000000", "1024 descriptors"},
    {"max_handshake_bytes", "1023", "from 1024 to 1048576"},
    {"max_handshake_bytes", "1048577", "from 1024 to 1048576"},
    {"max_message_bytes", "0", "1073741824"},
    {"max_message_bytes", "1073741825", "1073741824"},
    {"max_message_bytes", "1e6", "1073741824"},
    {"max_message_bytes", "1MB", "1073741824"},
    {"send_queue_bytes", "1023", "1024"},
    {"send_queue_total_bytes", "-1", "from 0"},
    {"send_queue_total_bytes", "1000000000001", "1000000000000"},
    {"send_stall_timeout", "0", "1ms"},
    {"send_stall_timeout", "10", "such as 10s"},
    {"send_stall_timeout", "10 s", "such as 10s"},
    {"send_stall_timeout", "25h", "24h"},
    {"handshake_timeout", "-1s", "24h"},
    {"handshake_timeout", "inf", "24h"},
    {"handshake_timeout", "soon", "24h"},
    {"handshake_timeout", "100us", "1ms"},
    {"ping_interval", "-1s", "0 for never"},
    {"ping_interval", "1us", "0 for never"},
    {"pong_timeout", "0s", "1ms"},
    {"idle_timeout", "nan", "0 for never"},
    {"drain_grace", "61m", "1h"},
    {"drain_grace", "-1ns", "1h"},
    {"allowed_hosts", "https://edge.example", "*.example.net:8443"},
    {"allowed_hosts", "*", "*.example.net:8443"},
    {"trusted_header", "x-real-ip", "proxy_protocol, x-forwarded-for and forwarded"},
    {"trusted_header", "forwarded,forwarded", "each once"},
    {"trusted_header", "auto,forwarded", "must be auto, or"},
    {"trusted_proxies", "10.0.0.1/8", "no bit set behind a prefix"},
    {"subprotocols", "chat,,mqtt", "v2.chat,v1.chat"},
    {"subprotocols", "a b", "v2.chat,v1.chat"},
    {"subprotocol_token_prefixes", "a;b", "bearer.,access_token."},
    {"drain_code", "0", "1000, 1001, 1008, 1011 to 1013 and 3000 to 4999"},
    {"drain_code", "1005", "1011 to 1013"},
    {"drain_code", "1014", "1011 to 1013"},
    {"drain_code", "restart", "1011 to 1013"},
    {"drain_code", "", "1011 to 1013"},
    {"max_age_code", "999", "1011 to 1013"},
    {"max_age_code", "1002", "1011 to 1013"},
    {"max_age_code", "2999", "1011 to 1013"},
    {"max_age_code", "5000", "1011 to 1013"},
    {"max_age_code", "66537", "1011 to 1013"},  // 1001 in 16 bits
    {"max_age_code", "-1001", "1011 to 1013"},
    {"log_format", "xml", "text, json"},
    {"log_level", "trace", "debug, info, warning, error"},
    {"log_level", "INFO", "debug, info, warning, error"},
};

TEST_F(FlagsTest, ABadValueIsRefusedWithFlagValueAndBound) {
  for (const Bad& bad : kBad) {
    const std::string name = std::string("--") + bad.flag;
    const std::string line = Refused({name + "=" + bad.value});
    EXPECT_THAT(line, HasSubstr(name));
    EXPECT_THAT(line, HasSubstr(bad.value));
    EXPECT_THAT(line, HasSubstr(bad.bound));
  }
}

TEST_F(FlagsTest, ABadValueIsRefusedWhereverItComesFrom) {
  for (const Bad& bad : kBad) {
    if (bad.value[0] == '\0') continue;  // nothing set
    EXPECT_THAT(Refused({FlagFile(std::string(bad.flag) + " = " + bad.value + "\n")}), HasSubstr(bad.bound));
    std::string name = std::string("DRAWBRIDGE_") + bad.flag;
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(::toupper(c)); });
    SetEnvironment(name, bad.value);
    EXPECT_THAT(Refused({}), HasSubstr(bad.bound)) << name;
    ::unsetenv(name.c_str());
  }
}

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

TEST_F(FlagsTest, TextsOfOneValueAreEqual) {
  EXPECT_EQ(Taken({"--ping_interval=25000ms"}).texts.at("ping_interval"), "25s");
  EXPECT_EQ(Taken({"--max_message_bytes=01048576"}).texts, Taken({}).texts);
  EXPECT_EQ(Taken({"--control_insecure=on"}).texts, Taken({"--control_insecure"}).texts);
}

TEST_F(FlagsTest, TheLastMentionCounts) {
  EXPECT_EQ(Taken({"--io_threads=2", "--io_threads=3"}).io_threads, 3);
  EXPECT_EQ(Taken({FlagFile("io_threads=2\nio_threads=3\n")}).io_threads, 3);
}

TEST_F(FlagsTest, HelpNamesEveryFlagAndItsVariable) {
  for (const char* flag : {"--help", "-h"}) {
    const auto parsed = Parse({flag});
    const auto& exit = std::get<EarlyExit>(parsed);
    EXPECT_EQ(exit.code, 0);
    for (const Bad& bad : kBad) EXPECT_THAT(exit.text, HasSubstr(std::string("--") + bad.flag));
    EXPECT_THAT(exit.text, HasSubstr("DRAWBRIDGE_"));
  }
}

TEST_F(FlagsTest, VersionIsOneLine) {
  const auto parsed = Parse({"--version"});
  EXPECT_EQ(std::get<EarlyExit>(parsed).code, 0);
  EXPECT_THAT(std::get<EarlyExit>(parsed).text, ::testing::MatchesRegex("drawbridge [0-9.]+\n"));
}

TEST_F(FlagsTest, AnyMachineGivesLawfulDefaults) {
  const char* argv[] = {"drawbridge"};
  for (const Machine& machine :
       {Machine{.host_name = "", .cores = 0, .descriptors = 160},
        Machine{.host_name = std::string(200, 'x'), .cores = 1000, .descriptors = 2000},
        Machine{.host_name = "\xff\xfe", .cores = 1, .descriptors = ~size_t{0}}}) {
    const auto parsed = ParseFlags(1, argv, machine);
    ASSERT_TRUE(std::holds_alternative<Flags>(parsed));
    const Flags& flags = std::get<Flags>(parsed);
    EXPECT_GE(flags.io_threads, 1);
    EXPECT_LE(flags.io_threads, 256);
    EXPECT_GE(flags.max_connections, 1U);
    EXPECT_FALSE(flags.node_id.empty());
    EXPECT_LE(flags.node_id.size(), 40U);
    EXPECT_EQ(flags.node_id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos);
  }
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
  EXPECT_EQ(changes.taken.size(), ReloadableFlags().size());
  EXPECT_THAT(changes.taken, ::testing::Contains(FlagChange{"idle_timeout", "0", "6s"}));
  EXPECT_EQ(ReloadableFlags().size(), 29U) << "each has a line here";
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

TEST(MachineTest, ThisOneHasCoresAndDescriptors) {
  const Machine machine = Machine::This();
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.descriptors, 0U);
  EXPECT_GT(machine.memory, 0U);
}

}  // namespace
}  // namespace drawbridge
