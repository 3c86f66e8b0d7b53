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

// The message of a request, its payload held in `budget`, or INVALID_ARGUMENT naming the field.
grpc::Status ParseMessage(const control::v1::Message& message, SendBudget& budget, OutboundMessage* out);

// Any thread; never blocks. Queues the message of `request`, or says why not: then nothing is queued.
// `written`, where it is given, is called once as Receipt says, unless nothing was queued.
grpc::Status SendMessage(const Registry& registry, SendBudget& budget,
                         const control::v1::SendMessageRequest& request,
                         std::function<void(bool written)> written = {});

// What waits to be sent to this client now; nothing where it is gone.
control::v1::SendMessageResponse SendQueueOf(const Registry& registry, const std::string& connection_id);

// What is said when a message was queued and the connection ended before the kernel had it whole.
grpc::Status NeverWritten();

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_SEND_H_
