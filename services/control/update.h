// UpdateConnection as a plain function.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_UPDATE_H_
#define DRAWBRIDGE_SERVICES_CONTROL_UPDATE_H_

#include <grpcpp/support/status.h>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"

namespace drawbridge {

// Changes the fields that the mask names. `labels` replaces all labels with those of the request.
// `labels.KEY` sets this label, or removes it if the request does not have it. `expire_time` sets the expiry,
// or removes it if the request does not have it. What is changed overwrites what the client's token has set
// (see Attributes); so an operator may also let a connection outlive its token. A connection has at most 32
// labels: keys of 1 to 63 of [a-z0-9_.-], values of at most 256 bytes. Thread-safe; never blocks.
//
// INVALID_ARGUMENT: a malformed id, a mask that is empty or names anything else, a label or a time out of
// bounds. NOT_FOUND: no such connection. FAILED_PRECONDITION: it is closing or closed. ABORTED:
// expected_revision is stale.
grpc::Status UpdateConnection(Registry& registry, const Clock& clock,
                              const control::v1::UpdateConnectionRequest& request,
                              control::v1::UpdateConnectionResponse* response);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_UPDATE_H_
