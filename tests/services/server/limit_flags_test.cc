// The flags of limits: valid values, and the errors for invalid ones.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "services/server/flags.h"

namespace drawbridge {
namespace {

std::variant<Flags, EarlyExit> Parse(const std::string& flag) {
  const std::vector<const char*> argv = {"drawbridge", flag.c_str()};
  return ParseFlags(2, argv.data(), {.host_name = "host", .cores = 2, .descriptors = 1024});
}

std::string ErrorOf(const std::string& flag) {
  const auto parsed = Parse(flag);
  const auto* exit = std::get_if<EarlyExit>(&parsed);
  return exit == nullptr ? "" : exit->text;
}

TEST(LimitFlagsTest, AreOffByDefault) {
  const auto flags = std::get<Flags>(Parse("--io_threads=1"));
  EXPECT_EQ(flags.max_connections_per_address, 0u);
  EXPECT_EQ(flags.handshakes_per_second, 0u);
  EXPECT_EQ(flags.messages_per_second, 0u);
  EXPECT_EQ(flags.bytes_per_second, 0u);
  EXPECT_EQ(flags.trusted_proxies, "");
  EXPECT_EQ(flags.allowed_origins, "same_host");
}

TEST(LimitFlagsTest, TakeNumbersAndLists) {
  EXPECT_EQ(std::get<Flags>(Parse("--max_connections_per_address=7")).max_connections_per_address, 7u);
  EXPECT_EQ(std::get<Flags>(Parse("--handshakes_per_second=7")).handshakes_per_second, 7u);
  EXPECT_EQ(std::get<Flags>(Parse("--messages_per_second=7")).messages_per_second, 7u);
  EXPECT_EQ(std::get<Flags>(Parse("--bytes_per_second=1000000000000")).bytes_per_second, 1'000'000'000'000u);
  EXPECT_EQ(std::get<Flags>(Parse("--trusted_proxies=10.0.0.0/8,::1")).trusted_proxies, "10.0.0.0/8,::1");
  EXPECT_EQ(std::get<Flags>(Parse("--allowed_origins=same_host,https://*.example.com")).allowed_origins,
            "same_host,https://*.example.com");
}

TEST(LimitFlagsTest, NameTheFlagTheValueAndTheBound) {
  for (const std::string name :
       {"max_connections_per_address", "handshakes_per_second", "messages_per_second"}) {
    const std::string error = ErrorOf("--" + name + "=1000000001");
    EXPECT_NE(error.find("--" + name + " is \"1000000001\": must be a whole number from 0 to 1000000000"),
              std::string::npos)
        << error;
    EXPECT_NE(ErrorOf("--" + name + "=-1"), "");
  }
  EXPECT_NE(ErrorOf("--bytes_per_second=x").find("from 0 to 1000000000000"), std::string::npos);
}

TEST(LimitFlagsTest, SubprotocolsAndTokensMayBeNone) {
  EXPECT_EQ(std::get<Flags>(Parse("--io_threads=1")).subprotocols, "");
  EXPECT_NE(std::get<Flags>(Parse("--io_threads=1")).subprotocol_token_prefixes, "");
  EXPECT_EQ(std::get<Flags>(Parse("--subprotocol_token_prefixes=")).subprotocol_token_prefixes, "");
  EXPECT_EQ(std::get<Flags>(Parse("--subprotocols=chat, mqtt")).subprotocols, "chat, mqtt");
}

TEST(LimitFlagsTest, SayHowAListIsWritten) {
  EXPECT_NE(ErrorOf("--trusted_proxies=10.0.0.1/8").find("--trusted_proxies is \"10.0.0.1/8\": must be"),
            std::string::npos);
  EXPECT_NE(ErrorOf("--allowed_origins=example.com").find("--allowed_origins is \"example.com\": must be"),
            std::string::npos);
  EXPECT_NE(ErrorOf("--allowed_origins="), "");
}

}  // namespace
}  // namespace drawbridge
