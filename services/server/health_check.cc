#include "services/server/health_check.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <string>

#include "grpc/health/v1/health.grpc.pb.h"

namespace drawbridge {
namespace {

namespace health_v1 = grpc::health::v1;

// Where to reach who listens on every address.
std::string Reachable(const std::string& listen) {
  const std::string port = listen.substr(listen.rfind(':'));
  if (listen == "0.0.0.0" + port) return "127.0.0.1" + port;
  if (listen == "[::]" + port) return "[::1]" + port;
  return listen;
}

}  // namespace

Health CheckHealth(const Flags& flags, std::chrono::milliseconds timeout) {
  const std::string address = Reachable(flags.control_listen);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = health_v1::Health::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  // Of the service and not of the node: one that is full, or drains, wants no clients and is healthy.
  health_v1::HealthCheckRequest request;
  request.set_service("drawbridge.control.v1.ConnectionService");
  health_v1::HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  if (!status.ok()) return {.line = fmt::format("{}: {}", address, status.error_message())};
  return {.serving = response.status() == health_v1::HealthCheckResponse::SERVING,
          .line = fmt::format("{}: {}", address,
                              health_v1::HealthCheckResponse::ServingStatus_Name(response.status()))};
}

}  // namespace drawbridge
