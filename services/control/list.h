// ListConnections and GetConnection as plain functions.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_LIST_H_
#define DRAWBRIDGE_SERVICES_CONTROL_LIST_H_

#include <grpcpp/support/status.h>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/base/clock.h"
#include "gateway/connections/registry.h"
#include "services/control/page_token.h"

namespace drawbridge {

// Both functions are thread-safe and never wait for the data plane. control.proto documents the errors.

// A page examines at most about 20,000 connections and has at most kAnswerBytes (wire.h). It may therefore
// have fewer connections than requested, with a filter even none, and still have a token for the next page.
grpc::Status ListConnections(const Registry& registry, const Clock& clock, const PageTokens& tokens,
                             const control::v1::ListConnectionsRequest& request,
                             control::v1::ListConnectionsResponse* response);

grpc::Status GetConnection(const Registry& registry, const Clock& clock,
                           const control::v1::GetConnectionRequest& request,
                           control::v1::GetConnectionResponse* response);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_LIST_H_
