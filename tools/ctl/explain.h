// Explains why a call to a gateway failed and what the user can change.
#ifndef DRAWBRIDGE_TOOLS_CTL_EXPLAIN_H_
#define DRAWBRIDGE_TOOLS_CTL_EXPLAIN_H_

#include <grpcpp/support/status.h>

#include "absl/time/time.h"
#include "tools/ctl/access.h"

namespace drawbridge::ctl {

// Replaces the message of a transport failure. The code is kept, except that CANCELLED becomes UNAVAILABLE. A
// status that the gateway itself sent is returned unchanged. Must not be used for a call that this program
// cancelled. `timeout` is the timeout of the call. May probe the address for TLS, which blocks for a few
// seconds at most.
grpc::Status Explain(const grpc::Status& status, const Access& access, absl::Duration timeout);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_EXPLAIN_H_
