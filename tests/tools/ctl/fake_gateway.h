// A control API that fails as a test specifies.
#ifndef DRAWBRIDGE_TESTS_TOOLS_CTL_FAKE_GATEWAY_H_
#define DRAWBRIDGE_TESTS_TOOLS_CTL_FAKE_GATEWAY_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "drawbridge/control/v1/control.grpc.pb.h"

namespace drawbridge {

// Each call of WatchConnections runs the next script. The requests are kept. Thread-safe.
class FakeGateway final : public control::v1::ConnectionService::Service {
 public:
  using Request = control::v1::WatchConnectionsRequest;
  using Writer = grpc::ServerWriter<control::v1::WatchConnectionsResponse>;
  using Script = std::function<grpc::Status(Writer*)>;

  explicit FakeGateway(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeGateway() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  std::vector<Request> requests() {
    const absl::MutexLock lock(&mu_);
    return requests_;
  }

  grpc::Status WatchConnections(grpc::ServerContext* /*context*/, const Request* request,
                                Writer* writer) override {
    Script script;
    {
      const absl::MutexLock lock(&mu_);
      if (requests_.size() == scripts_.size()) return {grpc::StatusCode::INTERNAL, "asked once too often"};
      script = scripts_[requests_.size()];
      requests_.push_back(*request);
    }
    return script(writer);
  }

  // Returns a different revision each time, as if another caller always updated first.
  grpc::Status GetConnection(grpc::ServerContext* /*context*/,
                             const control::v1::GetConnectionRequest* request,
                             control::v1::GetConnectionResponse* response) override {
    response->mutable_connection()->set_connection_id(request->connection_id());
    response->mutable_connection()->set_revision(7);
    return grpc::Status::OK;
  }
  grpc::Status UpdateConnection(grpc::ServerContext* /*context*/,
                                const control::v1::UpdateConnectionRequest* request,
                                control::v1::UpdateConnectionResponse* response) override {
    const absl::MutexLock lock(&mu_);
    ++updates_;
    if (updates_ <= stale_updates_) return {grpc::StatusCode::ABORTED, "stale"};
    *response->mutable_connection() = request->connection();
    return grpc::Status::OK;
  }

  // The first `count` updates fail with ABORTED.
  void set_stale_updates(int count) {
    const absl::MutexLock lock(&mu_);
    stale_updates_ = count;
  }
  int updates() {
    const absl::MutexLock lock(&mu_);
    return updates_;
  }

 private:
  const std::vector<Script> scripts_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;

  absl::Mutex mu_;
  std::vector<Request> requests_ ABSL_GUARDED_BY(mu_);
  int updates_ ABSL_GUARDED_BY(mu_) = 0;
  int stale_updates_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_TOOLS_CTL_FAKE_GATEWAY_H_
