#include "services/admin/rpc_metrics.h"

#include <google/protobuf/descriptor.h>

#include <string_view>

#include "gateway/base/duration_histogram.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

using grpc::experimental::InterceptionHookPoints;

// The label omits the package: ConnectionService/GetConnection.
prometheus::Labels ByMethod(std::string_view method) {
  const size_t dot = method.rfind('.');
  return {{"method", std::string(method.substr(dot == std::string_view::npos ? 0 : dot + 1))}};
}

prometheus::Histogram::BucketBoundaries Bounds() {
  prometheus::Histogram::BucketBoundaries bounds;
  for (const auto bound : DurationHistogram::kBounds) {
    bounds.push_back(std::chrono::duration<double>(bound).count());
  }
  return bounds;
}

// Observes one call from when its request is read. gRPC owns it. Each call that was started gets a status.
class Observer final : public grpc::experimental::Interceptor {
 public:
  Observer(RpcMetrics& metrics, const char* method) : metrics_(metrics), method_(method) {
    metrics_.Started(method_);
  }

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      metrics_.Handled(method_, methods->GetSendStatus(), std::chrono::steady_clock::now() - begin_);
    }
    methods->Proceed();
  }

 private:
  RpcMetrics& metrics_;
  const char* const method_;  // owned by the server
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class ObserverFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit ObserverFactory(RpcMetrics& metrics) : metrics_(metrics) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override {
    return new Observer(metrics_, info->method());
  }

 private:
  RpcMetrics& metrics_;
};

}  // namespace

RpcMetrics::RpcMetrics(const std::vector<std::string>& services)
    : started_(prometheus::BuildCounter()
                   .Name("drawbridge_control_rpcs_started_total")
                   .Help("Calls of the control plane that were started.")
                   .Register(registry_)),
      handled_(prometheus::BuildCounter()
                   .Name("drawbridge_control_rpcs_handled_total")
                   .Help("Calls of the control plane that were answered, by gRPC status.")
                   .Register(registry_)),
      durations_(prometheus::BuildHistogram()
                     .Name("drawbridge_control_rpc_duration_seconds")
                     .Help("Time from the start of a call to its status.")
                     .Register(registry_)) {
  for (const std::string& service : services) {
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    for (int i = 0; descriptor != nullptr && i < descriptor->method_count(); ++i)
      Show(service + "/" + descriptor->method(i)->name());
  }
}

void RpcMetrics::Show(const std::string& method) {
  auto labels = ByMethod(method);
  started_.Add(labels);
  durations_.Add(labels, Bounds());
  labels.emplace("status", "OK");
  handled_.Add(labels);
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> RpcMetrics::NewInterceptorFactory() {
  return std::make_unique<ObserverFactory>(*this);
}

void RpcMetrics::Started(const char* method) { started_.Add(ByMethod(method)).Increment(); }

void RpcMetrics::Handled(const char* method, const grpc::Status& status, std::chrono::duration<double> took) {
  auto labels = ByMethod(method);
  durations_.Add(labels, Bounds()).Observe(took.count());
  labels.emplace("status", std::string(NameOf(status.error_code())));
  handled_.Add(labels).Increment();
}

}  // namespace drawbridge
