// Why a gateway could not be called, in words that say what to change.
#ifndef DRAWBRIDGE_TOOLS_CTL_EXPLAIN_H_
#define DRAWBRIDGE_TOOLS_CTL_EXPLAIN_H_

#include <grpcpp/support/status.h>

#include "absl/time/time.h"
#include "tools/ctl/access.h"

namespace drawbridge::ctl {

// A failure of the transport gets another message; its code stays, but CANCELLED becomes UNAVAILABLE. What
// the gateway itself answered is returned as it is. Not for a call that was cancelled by this program.
// `timeout`: of the call. May ask the address whether it speaks TLS, which blocks for at most a few seconds.
grpc::Status Explain(const grpc::Status& status, const Access& access, absl::Duration timeout);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_EXPLAIN_H_
