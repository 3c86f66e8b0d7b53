// ListBans as a plain function.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_LIST_BANS_H_
#define DRAWBRIDGE_SERVICES_CONTROL_LIST_BANS_H_

#include <grpcpp/support/status.h>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/connections/bans.h"

namespace drawbridge {

// Thread-safe; does not block. control.proto documents the errors. A page token is the last id of its page,
// in base64: it stays valid after a restart and when that ban is deleted.
grpc::Status ListBans(Bans& bans, const control::v1::ListBansRequest& request,
                      control::v1::ListBansResponse* response);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_LIST_BANS_H_
