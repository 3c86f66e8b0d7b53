#include "tools/ctl/client.h"

#include "absl/time/clock.h"
#include "tools/ctl/explain.h"

namespace drawbridge::ctl {

v1::ConnectionService::Stub& ControlClient::stub() {
  Make();
  return *stub_;
}

v1::NodeService::Stub& ControlClient::node_stub() {
  Make();
  return *node_stub_;
}

v1::BanService::Stub& ControlClient::ban_stub() {
  Make();
  return *ban_stub_;
}

void ControlClient::Make() {
  std::call_once(made_, [this] {
    const auto channel = ChannelTo(access_);
    stub_ = v1::ConnectionService::NewStub(channel);
    node_stub_ = v1::NodeService::NewStub(channel);
    ban_stub_ = v1::BanService::NewStub(channel);
  });
}

grpc::Status ControlClient::Explain(const grpc::Status& status) const {
  return ctl::Explain(status, access_, timeout_);
}

std::unique_ptr<grpc::ClientContext> ControlClient::NewCall(absl::Duration longer) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_ + longer));
  return context;
}

}  // namespace drawbridge::ctl
