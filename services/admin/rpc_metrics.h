// Counts the calls of all services on the control port.
#ifndef DRAWBRIDGE_SERVICES_ADMIN_RPC_METRICS_H_
#define DRAWBRIDGE_SERVICES_ADMIN_RPC_METRICS_H_

#include <grpcpp/support/server_interceptor.h>
#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace drawbridge {

// Thread-safe. Counts the methods that are registered with the server. gRPC answers calls of other methods
// without the interceptor, so they are not counted.
class RpcMetrics {
 public:
  // `services`: the full names of the services whose methods are exported before their first call.
  explicit RpcMetrics(const std::vector<std::string>& services);

  // For ServerBuilder. This must outlive the server.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NewInterceptorFactory();

  // `method`: /SERVICE/METHOD.
  void Started(const char* method);
  void Handled(const char* method, const grpc::Status& status, std::chrono::duration<double> took);

  std::vector<prometheus::MetricFamily> Collect() const { return registry_.Collect(); }

 private:
  void Show(const std::string& method);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Histogram>& durations_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_ADMIN_RPC_METRICS_H_
