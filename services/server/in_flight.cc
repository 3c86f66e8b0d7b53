#include "services/server/in_flight.h"

#include "absl/strings/match.h"
#include "absl/time/time.h"

namespace drawbridge {

// gRPC owns it, and destroys it with the call.
class InFlight::Call final : public grpc::experimental::Interceptor {
 public:
  explicit Call(InFlight& all) : all_(all) {
    absl::MutexLock lock(&all_.mu_);
    ++all_.calls_;
  }
  ~Call() override {
    absl::MutexLock lock(&all_.mu_);
    --all_.calls_;
  }

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override { methods->Proceed(); }

 private:
  InFlight& all_;
};

class InFlight::Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(InFlight& all) : all_(all) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    // A reflection stream stays open as long as its caller wants, and has no final response to wait for.
    return absl::StartsWith(info->method(), "/grpc.reflection.") ? nullptr : new Call(all_);
  }

 private:
  InFlight& all_;
};

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> InFlight::NewInterceptorFactory() {
  return std::make_unique<Factory>(*this);
}

bool InFlight::AwaitNone(std::chrono::milliseconds patience) {
  absl::MutexLock lock(&mu_);
  const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return calls_ == 0; };
  return mu_.AwaitWithTimeout(absl::Condition(&none), absl::FromChrono(patience));
}

}  // namespace drawbridge
