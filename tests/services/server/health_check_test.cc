// A health check ends in time, whatever answers at the admin address.
#include "services/server/health_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "gateway/listener/address.h"
#include "services/admin/http_server.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

using ::testing::StartsWith;

// Long enough for a machine under load.
constexpr std::chrono::seconds kTimeout{30};

Flags AdminAt(const std::string& address) {
  Flags flags;
  flags.admin_listen = address;
  return flags;
}

TEST(HealthCheckTest, AsksTheAdminAddress) {
  RunningServer running;
  const std::string address = running.server().admin_address();
  const Health health = CheckHealth(AdminAt(address), kTimeout);
  EXPECT_TRUE(health.healthy);
  EXPECT_EQ(health.line, address + ": ok");
}

TEST(HealthCheckTest, AsksOnLoopbackWhereTheGatewayListensEverywhere) {
  Flags flags = TestFlags();
  flags.admin_listen = "[::]:0";
  RunningServer running(flags);
  const std::string address = running.server().admin_address();
  EXPECT_EQ(CheckHealth(AdminAt(address), kTimeout).line, "[::1]" + address.substr(4) + ": ok");
}

TEST(HealthCheckTest, HearsThatAThreadIsStuck) {
  HttpServer server({.listen = "127.0.0.1:0"}, {{"/healthz", [] {
                                                   return Page{503, "stuck: I/O thread 0\n"};
                                                 }}});
  const Health health = CheckHealth(AdminAt(server.address()), kTimeout);
  EXPECT_FALSE(health.healthy);
  EXPECT_EQ(health.line, server.address() + ": stuck: I/O thread 0");
}

TEST(HealthCheckTest, NobodyThereIsNotHealthy) {
  const Health health = CheckHealth(AdminAt("127.0.0.1:1"), kTimeout);
  EXPECT_FALSE(health.healthy);
  EXPECT_EQ(health.line, "127.0.0.1:1: Connection refused");
}

TEST(HealthCheckTest, DoesNotWaitForWhoNeverAnswers) {
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  SocketAddress address = SocketAddress::Parse("127.0.0.1:0").value_or(SocketAddress());
  ASSERT_EQ(::bind(silent, address.data(), address.size()), 0);
  ASSERT_EQ(::listen(silent, 1), 0);
  ASSERT_EQ(::getsockname(silent, address.data(), address.size_pointer()), 0);
  const Health health = CheckHealth(AdminAt(address.ToString()), std::chrono::milliseconds(100));
  EXPECT_FALSE(health.healthy);
  EXPECT_THAT(health.line, StartsWith(address.ToString() + ": "));
  ::close(silent);
}

}  // namespace
}  // namespace drawbridge
