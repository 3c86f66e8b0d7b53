// A valid value of a flag is taken. A bad one is refused with one line that says what to change.
#include "services/server/flags.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <variant>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/services/server/flags_fixture.h"

namespace drawbridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

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
    {"trusted_proxies", "10.0.0.1/8", "no bit set after the prefix"},
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

TEST_F(FlagsTest, TextsOfOneValueAreEqual) {
  EXPECT_EQ(Taken({"--ping_interval=25000ms"}).texts.at("ping_interval"), "25s");
  EXPECT_EQ(Taken({"--max_message_bytes=01048576"}).texts, Taken({}).texts);
  EXPECT_EQ(Taken({"--control_insecure=on"}).texts, Taken({"--control_insecure"}).texts);
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

TEST(MachineTest, ThisOneHasCoresAndDescriptors) {
  const Machine machine = Machine::This();
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.descriptors, 0U);
  EXPECT_GT(machine.memory, 0U);
}

}  // namespace
}  // namespace drawbridge
