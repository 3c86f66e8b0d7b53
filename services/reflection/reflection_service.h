// grpc.reflection.v1 and v1alpha, which differ only in their names.
#ifndef DRAWBRIDGE_SERVICES_REFLECTION_REFLECTION_SERVICE_H_
#define DRAWBRIDGE_SERVICES_REFLECTION_REFLECTION_SERVICE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/connections/slots.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "services/auth/guard.h"
#include "services/auth/guarded_service.h"
#include "services/reflection/descriptors.h"

namespace drawbridge {

// Thread-safe: gRPC calls it on any thread. Never blocks, and an open stream occupies no thread.
class ReflectionService final {
 public:
  // `services`: full names of the served services, without reflection itself. The guard must outlive this
  // object. The server must be shut down before this object is destroyed. Throws std::invalid_argument if a
  // service has no descriptor.
  ReflectionService(std::vector<std::string> services, Guard* guard);

  // For the server to register.
  GuardedService<grpc::reflection::v1::ServerReflection>& v1() { return v1_; }
  GuardedService<grpc::reflection::v1alpha::ServerReflection>& v1alpha() { return v1alpha_; }

 private:
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ServerReflectionInfo(const Call& call);

  // For all callers together. A further stream is refused.
  static constexpr size_t kStreamsAtOnce = 256;

  const Descriptors descriptors_;
  Slots streams_{kStreamsAtOnce};
  GuardedService<grpc::reflection::v1::ServerReflection> v1_;
  GuardedService<grpc::reflection::v1alpha::ServerReflection> v1alpha_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_REFLECTION_REFLECTION_SERVICE_H_
