// The door of the control API: asks who comes, and remembers in the log who was turned away.
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

// One call that was let in.
struct Call {
  grpc::CallbackServerContext* context = nullptr;
  std::string caller;  // its name; empty: nobody was asked
  // OK as long as it would still be let in, which ends when its token or certificate is revoked, or its role
  // taken. Not thread-safe; must not outlive the guard. Cheap while nothing has changed.
  std::function<grpc::Status()> admitted;
};

// Thread-safe; never blocks.
class Guard {
 public:
  // Both must outlive it.
  Guard(const Authenticator* authenticator, const Clock* clock);

  // How calls are received. Goes from the first to the last, and not back.
  enum class Door : uint8_t {
    kOpen,
    kNodeGone,      // the node is about to end: each call is refused with NODE_GONE
    kServicesGone,  // the same before gRPC looks for a service (see PortOptions): without an ErrorInfo
  };
  void Set(Door door) { door_ = door; }
  Door door() const { return door_; }

  // OK, or why not; that goes to the log as a line of the audit. At most ten lines a second: the next one
  // tells how many are missing. `peer`: the caller's address, empty where it is not known.
  grpc::Status Admit(std::string_view method, const Presented& presented, std::string_view peer,
                     Caller* caller);

  // The same of a call that gRPC has read. It knows the metadata alone, nothing was parsed.
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
