#include "tools/ctl/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

namespace drawbridge::ctl {
namespace {

constexpr int kMebibyte = 1 << 20;

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A gateway that vanishes without a word ends a stream that has no deadline. The gateway says something on
  // every stream more often than that, so it never takes these pings for too many.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // A page of 1,000 connections with long texts is more than gRPC's 4 MiB.
  arguments.SetMaxReceiveMessageSize(64 * kMebibyte);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

ControlClient::ControlClient(const std::string& address, absl::Duration timeout)
    : timeout_(timeout), stub_(v1::ConnectionService::NewStub(ChannelTo(address))) {}

std::unique_ptr<grpc::ClientContext> ControlClient::NewCall(absl::Duration longer) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_ + longer));
  return context;
}

}  // namespace drawbridge::ctl
