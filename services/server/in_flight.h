// Counts the calls of the control API in progress, so that the shutdown of a server can wait for them.
#ifndef DRAWBRIDGE_SERVICES_SERVER_IN_FLIGHT_H_
#define DRAWBRIDGE_SERVICES_SERVER_IN_FLIGHT_H_

#include <grpcpp/support/server_interceptor.h>

#include <chrono>
#include <cstddef>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace drawbridge {

// Thread-safe. Counts each call of a service, except reflection, from its request until gRPC has written its
// status to the socket.
class InFlight {
 public:
  // For ServerBuilder. This must outlive the server.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NewInterceptorFactory();

  // Blocks until no call is in progress, at most for `patience`. Returns whether none is.
  bool AwaitNone(std::chrono::milliseconds patience);

 private:
  class Call;
  class Factory;

  absl::Mutex mu_;
  size_t calls_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_IN_FLIGHT_H_
