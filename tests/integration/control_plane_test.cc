// What the control port answers apart from its main calls: health checks and malformed requests.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <string>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/raw_call.h"
#include "tests/support/running_server.h"
#include "tests/support/status_details.h"

namespace drawbridge {
namespace {

RawReply CallRaw(RunningServer& server, const std::string& method, const std::string& bytes) {
  return drawbridge::CallRaw(server.channel(), method, bytes);
}

constexpr char kService[] = "/drawbridge.control.v1.ConnectionService/";

TEST(ControlPlaneTest, BytesThatAreNoRequestAreInvalid) {
  RunningServer server;
  for (const std::string method :
       {"ListConnections", "GetConnection", "CountConnections", "InterruptConnection", "InterruptConnections",
        "UpdateConnection", "SendMessage", "BroadcastMessage"}) {
    const RawReply reply = CallRaw(server, kService + method, "\x0a\x7f");
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method;
    EXPECT_EQ(DetailsOf(reply.status).reason, "MALFORMED_REQUEST") << method;
  }
}

TEST(ControlPlaneTest, TextThatIsNotUtf8NamesItsField) {
  RunningServer server;
  const RawReply reply = CallRaw(server, std::string(kService) + "InterruptConnection", "\x1a\x01\xff");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(reply.status).domain, "drawbridge");
  EXPECT_EQ(DetailsOf(reply.status).reason, "NOT_UTF8");
  EXPECT_EQ(DetailsOf(reply.status).field, "reason");
}

TEST(ControlPlaneTest, HealthIsServing) {
  RunningServer server;
  const auto health = grpc::health::v1::Health::NewStub(server.channel());
  for (const std::string service : {"", "drawbridge.control.v1.ConnectionService"}) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    grpc::health::v1::HealthCheckResponse response;
    request.set_service(service);
    ASSERT_TRUE(health->Check(&context, request, &response).ok());
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING) << service;
  }
}

TEST(ControlPlaneTest, HealthIsNotServingDuringAShutdown) {
  RunningServer server;
  Client client = server.Open();
  auto shutdown = std::async(std::launch::async, [&] { return server.server().Shutdown(); });
  client.ReadClose();
  const auto health = grpc::health::v1::Health::NewStub(server.channel());
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(health->Check(&context, {}, &response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  client.SendClose(1001);
  EXPECT_EQ(shutdown.get(), 1u);
}

}  // namespace
}  // namespace drawbridge
