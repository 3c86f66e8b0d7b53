// Admits or refuses each call to the control API, and logs the refusals.
#ifndef DRAWBRIDGE_SERVICES_AUTH_GUARD_H_
#define DRAWBRIDGE_SERVICES_AUTH_GUARD_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/base/clock.h"
#include "gateway/base/line_budget.h"
#include "services/auth/authenticator.h"

namespace drawbridge {

// One call that was admitted.
struct Call {
  grpc::CallbackServerContext* context = nullptr;
  std::string caller;  // its name; empty: callers are not authenticated
  // Returns OK while the caller is still admitted: until its token or certificate is revoked, or its role no
  // longer suffices. Not thread-safe. Must not outlive the guard. Costs one atomic load if nothing changed.
  std::function<grpc::Status()> admitted;
};

// Thread-safe; never blocks.
class Guard {
 public:
  // Both must outlive the guard.
  Guard(const Authenticator* authenticator, const Clock* clock);

  // How calls are received. Changes only from an earlier state to a later one.
  enum class Door : uint8_t {
    kOpen,
    kNodeGone,      // the node shuts down: each call is refused with NODE_GONE
    kServicesGone,  // the same, but before gRPC looks up the service: without an ErrorInfo (see PortOptions)
  };
  void Set(Door door) { door_ = door; }
  Door door() const { return door_; }

  // Returns OK or the reason of the refusal, which is logged as an audit line. At most ten lines are logged
  // in a second; the next line counts the suppressed ones. `peer`: the caller's address; empty: unknown.
  grpc::Status Admit(std::string_view method, const Presented& presented, std::string_view peer,
                     Caller* caller);

  // The same for a call that gRPC has received. Uses its metadata only, not the request.
  grpc::Status Admit(const std::string& method, grpc::CallbackServerContext* context, Call* call);

 private:
  void Tell(std::string_view method, std::string_view peer, const Caller& caller, const grpc::Status& status);

  const Authenticator& authenticator_;
  const Clock& clock_;
  LineBudget lines_;
  std::atomic<Door> door_ = Door::kOpen;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_AUTH_GUARD_H_
