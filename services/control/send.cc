#include "services/control/send.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "gateway/connections/connection.h"
#include "services/control/errors.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

grpc::Status Refused(SendStatus status, const Connection& connection, const SendBudget& budget,
                     size_t payload_bytes) {
  const std::string_view connection_id = connection.info().id;
  switch (status) {
    case SendStatus::kQueued:
      return grpc::Status::OK;
    case SendStatus::kClosing:
      return Failure(
          grpc::StatusCode::FAILED_PRECONDITION, "CONNECTION_CLOSING",
          fmt::format("connection \"{}\" is closing or closed: nothing was queued", connection_id));
    case SendStatus::kFull:
      return Failure(
          grpc::StatusCode::RESOURCE_EXHAUSTED, "SEND_QUEUE_FULL",
          fmt::format(
              "the send queue of connection \"{}\" has no room for a message of {} bytes: nothing was "
              "queued",
              connection_id, payload_bytes));
    case SendStatus::kNodeFull:
      return Failure(
          grpc::StatusCode::RESOURCE_EXHAUSTED, "NODE_SEND_QUEUES_FULL",
          fmt::format(
              "the send queues of all clients have no room for a message of {} bytes: they take {} of {} "
              "(--send_queue_total_bytes), of which the last eighth is for clients that have nothing "
              "waiting; nothing was queued",
              payload_bytes, budget.used() - std::min(budget.used(), payload_bytes), budget.limit()));
    case SendStatus::kTooLarge:
      return InvalidField(
          "MESSAGE_TOO_LARGE", "message",
          fmt::format("has {} bytes: a send queue takes at most {} (--send_queue_bytes, less {} a message)",
                      payload_bytes, connection.max_send_bytes(), Outbox::kOverhead));
  }
  return grpc::Status::OK;
}

}  // namespace

grpc::Status ParseMessage(const v1::Message& message, SendBudget& budget, OutboundMessage* out) {
  switch (message.payload_case()) {
    case v1::Message::kText:
      *out = {MessageType::kText, budget.Hold(message.text())};
      return grpc::Status::OK;
    case v1::Message::kBinary:
      *out = {MessageType::kBinary, budget.Hold(message.binary())};
      return grpc::Status::OK;
    case v1::Message::PAYLOAD_NOT_SET:
      break;
  }
  return InvalidField("MESSAGE_MISSING", "message",
                      "is not set: text or binary is required, which may be empty");
}

grpc::Status SendMessage(const Registry& registry, SendBudget& budget, const v1::SendMessageRequest& request,
                         std::function<void(bool written)> written) {
  const std::string& id = request.connection_id();
  if (!IsConnectionId(id)) return MalformedConnectionId(id);
  OutboundMessage message;
  if (grpc::Status status = ParseMessage(request.message(), budget, &message); !status.ok()) return status;
  const auto connection = registry.Find(id);
  if (connection == nullptr) return ConnectionNotFound(id);
  message.receipt = Receipt(std::move(written));
  const size_t payload_bytes = message.payload->size();
  if (const SendStatus status = connection->Send(std::move(message)); status != SendStatus::kQueued) {
    message.receipt.Forget();  // NOLINT(bugprone-use-after-move): taken only when queued
    return Refused(status, *connection, budget, payload_bytes);
  }
  return grpc::Status::OK;
}

v1::SendMessageResponse SendQueueOf(const Registry& registry, const std::string& connection_id) {
  v1::SendMessageResponse queue;
  if (const auto connection = registry.Find(connection_id)) {
    queue.set_send_queue_messages(connection->traffic().send_queue_messages.Get());
    queue.set_send_queue_bytes(connection->traffic().send_queue_bytes.Get());
  }
  return queue;
}

grpc::Status NeverWritten() {
  return Failure(grpc::StatusCode::FAILED_PRECONDITION, "CONNECTION_CLOSED_UNWRITTEN",
                 "the connection ended before the message was written");
}

}  // namespace drawbridge
