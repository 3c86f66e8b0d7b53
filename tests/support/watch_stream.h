// Reads a watch over a real channel.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_WATCH_STREAM_H_
#define DRAWBRIDGE_TESTS_SUPPORT_WATCH_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "drawbridge/control/v1/control.grpc.pb.h"
#include "tests/support/patience.h"

namespace drawbridge {

// Not thread-safe, except for Cancel. A response that does not arrive within kPatience ends the call with
// DEADLINE_EXCEEDED.
class WatchStream {
 public:
  using Response = control::v1::WatchConnectionsResponse;
  using Type = control::v1::ConnectionEventType;

  explicit WatchStream(control::v1::ConnectionService::Stub& stub,
                       const control::v1::WatchConnectionsRequest& request = {},
                       const std::vector<std::pair<std::string, std::string>>& headers = {})
      : context_(std::make_unique<grpc::ClientContext>()) {
    for (const auto& [name, value] : headers) context_->AddMetadata(name, value);
    context_->set_deadline(std::chrono::system_clock::now() + 2 * kPatience);
    reader_ = stub.WatchConnections(context_.get(), request);
  }
  ~WatchStream() {
    if (reader_ != nullptr) End();
  }
  WatchStream(WatchStream&& other) = default;

  // Reads the next response. Returns false at the end.
  bool Read(Response* response) { return reader_->Read(response); }

  // Returns the next response. Throws at the end.
  Response Next() {
    Response response;
    if (!Read(&response)) {
      const grpc::Status status = Finish();
      throw std::runtime_error("the watch ended: " + std::to_string(status.error_code()) + " " +
                               status.error_message());
    }
    return response;
  }
  // Reads up to the next response of this type. Throws at the end.
  Response NextOf(Type type) {
    Response response = Next();
    while (response.type() != type) response = Next();
    return response;
  }

  // Reads the rest and returns the status.
  grpc::Status Drain() {
    for (Response response; Read(&response);) last_ = std::move(response);
    return Finish();
  }
  // The last response that Drain read.
  const Response& last() const { return last_; }

  void Cancel() { context_->TryCancel(); }
  grpc::Status End() {
    Cancel();
    return Drain();
  }

 private:
  grpc::Status Finish() {
    grpc::Status status = reader_->Finish();
    reader_.reset();
    return status;
  }

  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
  Response last_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_WATCH_STREAM_H_
