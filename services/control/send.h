// SendMessage as a plain function.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_SEND_H_
#define DRAWBRIDGE_SERVICES_CONTROL_SEND_H_

#include <grpcpp/support/status.h>

#include <functional>
#include <string>

#include "drawbridge/control/v1/control.pb.h"
#include "gateway/connections/outbox.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/send_budget.h"

namespace drawbridge {

// Parses the message of a request, with its payload held in `budget`, or returns INVALID_ARGUMENT naming the
// field.
grpc::Status ParseMessage(const control::v1::Message& message, SendBudget& budget, OutboundMessage* out);

// Queues the message of `request`. After an error nothing is queued. If the message is queued, `written` is
// called once as Receipt documents, unless it is empty. Thread-safe; never blocks.
grpc::Status SendMessage(const Registry& registry, SendBudget& budget,
                         const control::v1::SendMessageRequest& request,
                         std::function<void(bool written)> written = {});

// The current send queue of the client; zeros if the connection is gone.
control::v1::SendMessageResponse SendQueueOf(const Registry& registry, const std::string& connection_id);

// The status of a message that was queued, if the connection ended before the kernel had the whole message.
grpc::Status NeverWritten();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_SEND_H_
