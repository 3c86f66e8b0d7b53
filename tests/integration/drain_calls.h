// Drains and resumes a node over the control API.
#ifndef DRAWBRIDGE_TESTS_INTEGRATION_DRAIN_CALLS_H_
#define DRAWBRIDGE_TESTS_INTEGRATION_DRAIN_CALLS_H_

#include <google/protobuf/duration.pb.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "drawbridge/control/v1/node.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/client.h"
#include "tests/support/patience.h"
#include "tests/support/running_server.h"

namespace drawbridge {

inline google::protobuf::Duration Proto(std::chrono::milliseconds duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(duration.count() / 1000);
  proto.set_nanos(static_cast<int32_t>(duration.count() % 1000) * 1'000'000);
  return proto;
}

// A request to drain the node within `spread`, after `not_ready`.
inline control::v1::DrainNodeRequest DrainOver(std::chrono::milliseconds spread,
                                               std::chrono::milliseconds not_ready = {}) {
  control::v1::DrainNodeRequest request;
  *request.mutable_spread() = Proto(spread);
  *request.mutable_not_ready() = Proto(not_ready);
  return request;
}

// One call of DrainNode. It ends with DEADLINE_EXCEEDED after kPatience. Not thread-safe.
class DrainStream {
 public:
  DrainStream(control::v1::NodeService::Stub& stub, const control::v1::DrainNodeRequest& request) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    reader_ = stub.DrainNode(&context_, request);
  }

  // Returns the next response. Throws std::runtime_error at the end.
  control::v1::DrainNodeResponse Next() {
    control::v1::DrainNodeResponse response;
    if (!reader_->Read(&response)) throw std::runtime_error("no more progress");
    return response;
  }
  // Reads to the end. `last` is then the last response.
  grpc::Status End() {
    while (reader_->Read(&last)) {
    }
    return reader_->Finish();
  }
  void Cancel() { context_.TryCancel(); }

  control::v1::DrainNodeResponse last;

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<control::v1::DrainNodeResponse>> reader_;
};

// Calls NodeService of a server in this process.
class DrainTest : public ::testing::Test {
 protected:
  explicit DrainTest(const Flags& flags = TestFlags()) : server_(flags) {}

  std::vector<Client> OpenMany(size_t count) {
    std::vector<Client> clients;
    while (clients.size() < count) clients.push_back(server_.Open());
    return clients;
  }
  control::v1::Node Node() {
    grpc::ClientContext context;
    control::v1::ListNodesResponse response;
    EXPECT_TRUE(nodes_->ListNodes(&context, {}, &response).ok());
    EXPECT_EQ(response.nodes_size(), 1);
    return response.nodes(0);
  }
  bool Becomes(control::v1::NodeState state) {
    return WaitUntil([&] { return Node().state() == state; });
  }
  grpc::Status Resume(const std::string& node_id = "") {
    grpc::ClientContext context;
    control::v1::ResumeNodeRequest request;
    request.set_node_id(node_id);
    resumed_.Clear();
    return nodes_->ResumeNode(&context, request, &resumed_);
  }
  bool IsReady() {
    const auto stub = grpc::health::v1::Health::NewStub(server_.channel());
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, {}, &response).ok());
    return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }
  // Whether the gateway refuses a new TCP connection.
  bool Refused() {
    try {
      Client::Dial(server_.address());
    } catch (const std::exception&) {
      return true;
    }
    return false;
  }

  RunningServer server_;
  const std::unique_ptr<control::v1::NodeService::Stub> nodes_ =
      control::v1::NodeService::NewStub(server_.channel());
  control::v1::ResumeNodeResponse resumed_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_INTEGRATION_DRAIN_CALLS_H_
