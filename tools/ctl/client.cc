#include "tools/ctl/client.h"

#include "absl/time/clock.h"

namespace drawbridge::ctl {

v1::ConnectionService::Stub& ControlClient::stub() {
  std::call_once(made_, [this] { stub_ = v1::ConnectionService::NewStub(ChannelTo(access_)); });
  return *stub_;
}

std::unique_ptr<grpc::ClientContext> ControlClient::NewCall(absl::Duration longer) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_ + longer));
  return context;
}

}  // namespace drawbridge::ctl
