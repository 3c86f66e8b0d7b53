// A health check has an answer in time, whoever is at the control address.
#include "services/server/health_check.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "gateway/listener/address.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

using ::testing::StartsWith;

// As long as nobody is slow; a machine under load may be.
constexpr std::chrono::seconds kTimeout{30};

Flags ControlAt(const std::string& address) {
  Flags flags;
  flags.control_listen = address;
  return flags;
}

TEST(HealthCheckTest, AsksTheControlAddress) {
  RunningServer running;
  const std::string address = running.server().control_address();
  const Health health = CheckHealth(ControlAt(address), kTimeout);
  EXPECT_TRUE(health.serving);
  EXPECT_EQ(health.line, address + ": SERVING");
}

TEST(HealthCheckTest, AsksOnLoopbackWhereTheGatewayListensEverywhere) {
  Flags flags = TestFlags();
  flags.control_listen = "[::]:0";
  flags.control_insecure = true;
  RunningServer running(flags);
  const std::string address = running.server().control_address();
  EXPECT_EQ(CheckHealth(ControlAt(address), kTimeout).line, "[::1]" + address.substr(4) + ": SERVING");
}

TEST(HealthCheckTest, HearsThatItDoesNotServe) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  const auto server = builder.BuildAndStart();
  const std::string address = "127.0.0.1:" + std::to_string(port);
  EXPECT_FALSE(CheckHealth(ControlAt(address), kTimeout).serving) << "no gateway at all";
  server->GetHealthCheckService()->SetServingStatus(control::v1::ConnectionService::service_full_name(),
                                                    false);
  const Health health = CheckHealth(ControlAt(address), kTimeout);
  EXPECT_FALSE(health.serving);
  EXPECT_EQ(health.line, address + ": NOT_SERVING");
}

TEST(HealthCheckTest, DoesNotWaitForWhoNeverAnswers) {
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  SocketAddress address = SocketAddress::Parse("127.0.0.1:0").value_or(SocketAddress());
  ASSERT_EQ(::bind(silent, address.data(), address.size()), 0);
  ASSERT_EQ(::listen(silent, 1), 0);
  ASSERT_EQ(::getsockname(silent, address.data(), address.size_pointer()), 0);
  const Health health = CheckHealth(ControlAt(address.ToString()), std::chrono::milliseconds(100));
  EXPECT_FALSE(health.serving);
  EXPECT_THAT(health.line, StartsWith(address.ToString() + ": "));
  ::close(silent);
}

}  // namespace
}  // namespace drawbridge
