// Knows whether calls of the control API are under way, for a server that is about to end.
#ifndef DRAWBRIDGE_SERVICES_SERVER_IN_FLIGHT_H_
#define DRAWBRIDGE_SERVICES_SERVER_IN_FLIGHT_H_

#include <grpcpp/support/server_interceptor.h>

#include <chrono>
#include <cstddef>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace drawbridge {

// Thread-safe. Counts each call that a service answers, from its request until gRPC has written its status to
// the socket.
class InFlight {
 public:
  // For ServerBuilder. This must outlive the server.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NewInterceptorFactory();

  // Blocks until no call is under way, or for that long. Returns whether none is.
  bool AwaitNone(std::chrono::milliseconds patience);

 private:
  class Call;
  class Factory;

  absl::Mutex mu_;
  size_t calls_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_IN_FLIGHT_H_
