// What others have for a client, until its session takes it.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_

#include <cstddef>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/message.h"
#include "gateway/connections/receipt.h"

namespace drawbridge {

// A message from the outside. The payload is shared by all the clients that it goes to.
struct OutboundMessage {
  MessageType type;
  std::shared_ptr<const std::string> payload;  // not null; kText: valid UTF-8
  Receipt receipt = {};
};

// Not thread-safe: its connection guards it, and bounds it.
class Outbox {
 public:
  // What a waiting message costs besides its payload, so that a million empty ones are not for free.
  static constexpr size_t kOverhead = 48;
  // More than any outbox costs, for Take.
  static constexpr size_t kAll = std::numeric_limits<size_t>::max();
  static size_t CostOf(const OutboundMessage& message) { return message.payload->size() + kOverhead; }

  void Push(OutboundMessage message) {
    bytes_ += CostOf(message);
    messages_.push_back(std::move(message));
  }

  // The oldest, until they cost `bytes` or more.
  std::vector<OutboundMessage> Take(size_t bytes) {
    std::vector<OutboundMessage> taken;
    for (size_t cost = 0; cost < bytes && !messages_.empty(); messages_.pop_front()) {
      cost += CostOf(messages_.front());
      bytes_ -= CostOf(messages_.front());
      taken.push_back(std::move(messages_.front()));
    }
    return taken;
  }

  bool empty() const { return messages_.empty(); }
  size_t messages() const { return messages_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  std::deque<OutboundMessage> messages_;
  size_t bytes_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_
