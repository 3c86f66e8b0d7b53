// The client of the gateway's control API.
#ifndef DRAWBRIDGE_TOOLS_CTL_CLIENT_H_
#define DRAWBRIDGE_TOOLS_CTL_CLIENT_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <mutex>
#include <utility>

#include "absl/time/time.h"
#include "drawbridge/control/v1/control.grpc.pb.h"
#include "drawbridge/control/v1/node.grpc.pb.h"
#include "tools/ctl/access.h"

namespace drawbridge::ctl {

namespace v1 = control::v1;

// Thread-safe. Connects at the first call.
class ControlClient {
 public:
  // `timeout` limits each unary call.
  ControlClient(Access access, absl::Duration timeout) : access_(std::move(access)), timeout_(timeout) {}

  // The flags and files of `access` are checked at the first use. All throw AccessError if one is invalid.
  v1::ConnectionService::Stub& stub();
  v1::NodeService::Stub& node_stub();
  v1::BanService::Stub& ban_stub();

  // For one unary call. Its deadline is the timeout plus `longer`.
  std::unique_ptr<grpc::ClientContext> NewCall(absl::Duration longer = absl::ZeroDuration()) const;

  // Adds an explanation to a failed call: see explain.h. May block for a few seconds.
  grpc::Status Explain(const grpc::Status& status) const;

 private:
  void Make();

  const Access access_;
  const absl::Duration timeout_;
  std::once_flag made_;
  std::unique_ptr<v1::ConnectionService::Stub> stub_;
  std::unique_ptr<v1::NodeService::Stub> node_stub_;
  std::unique_ptr<v1::BanService::Stub> ban_stub_;
};

inline v1::ConnectionService::Stub& StubOf(ControlClient& client, v1::ConnectionService::Stub* /*which*/) {
  return client.stub();
}
inline v1::NodeService::Stub& StubOf(ControlClient& client, v1::NodeService::Stub* /*which*/) {
  return client.node_stub();
}
inline v1::BanService::Stub& StubOf(ControlClient& client, v1::BanService::Stub* /*which*/) {
  return client.ban_stub();
}

// Makes one unary call and blocks until it ends. `method` is a method of the stub.
template <typename Stub, typename Request, typename Response>
grpc::Status Call(ControlClient& client,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response, absl::Duration longer = absl::ZeroDuration()) {
  const auto context = client.NewCall(longer);
  return client.Explain(
      (StubOf(client, static_cast<Stub*>(nullptr)).*method)(context.get(), request, response));
}

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_CLIENT_H_
