#include "tools/ctl/address.h"

#include <gtest/gtest.h>

#include <string>

namespace drawbridge::ctl {
namespace {

std::string Target(const std::string& text) {
  const auto address = ParseAddress(text);
  return address.has_value() ? address->target : "refused";
}

TEST(AddressTest, WithoutAPortItIsThatOfTheControlApi) {
  EXPECT_EQ(Target("gateway"), "gateway:9090");
  EXPECT_EQ(Target("127.0.0.1"), "127.0.0.1:9090");
  EXPECT_EQ(Target("::1"), "[::1]:9090");
  EXPECT_EQ(Target("[::1]"), "[::1]:9090");
  EXPECT_EQ(Target("dns:///gateway"), "dns:///gateway:9090");
}

TEST(AddressTest, WhatIsCompleteStaysAsItIs) {
  for (const char* text : {"gateway:1", "10.0.0.7:65535", "[2001:db8::1]:9090", "[fe80::1%eth0]:9090",
                           "dns:///gateway.example:9090", "unix:/run/control", "a_b-c.example:9090"})
    EXPECT_EQ(Target(text), text);
}

TEST(AddressTest, WhatIsNoAddressIsRefused) {
  for (const char* text : {"",
                           ":9090",
                           "gateway:",
                           "gateway:0",
                           "gateway:65536",
                           "gateway:9090x",
                           "gateway:-1",
                           "http://gateway:9090",
                           "https://gateway",
                           "[::1",
                           "[::1]9090",
                           "[::1]:",
                           "[]:9090",
                           "[gateway]:9090x",
                           "1:2:3",
                           "a b:9090",
                           "user@gateway:9090",
                           "gateway:9090/path",
                           "xds:///gateway",
                           "ipv4:127.0.0.1:9090",
                           "dns://resolver/gateway:9090"})
    EXPECT_EQ(Target(text), "refused") << text;
}

TEST(AddressTest, LoopbackIsWhatStaysOnThisMachine) {
  for (const char* text : {"localhost", "LOCALHOST:1", "127.0.0.1:1", "127.9.9.9", "::1", "[::1]:1",
                           "dns:///127.0.0.1:1", "unix:/run/control"})
    EXPECT_TRUE(ParseAddress(text).value().loopback) << text;
  for (const char* text : {"192.0.2.1:9090", "gateway.example", "127.evil.example:9090", "[2001:db8::1]:9090",
                           "localhost.example:1", "127.1:9090"})
    EXPECT_FALSE(ParseAddress(text).value().loopback) << text;
}

}  // namespace
}  // namespace drawbridge::ctl
