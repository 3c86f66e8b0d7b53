// Messages that other threads have queued for a client and that its session has not taken yet.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_

#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/connections/message.h"
#include "gateway/connections/receipt.h"

namespace drawbridge {

// A message to a client from another thread. All recipients share the payload.
struct OutboundMessage {
  MessageType type;
  std::shared_ptr<const std::string> payload;  // not null; kText: valid UTF-8
  Receipt receipt;
};

// Not thread-safe: Connection guards it with its mutex and limits its size.
class Outbox {
 public:
  // The cost of a waiting message in addition to its payload, in bytes: for its frame header and its
  // bookkeeping. It also limits the number of empty messages.
  static constexpr size_t kOverhead = 48;
  // For Take: take all messages.
  static constexpr size_t kAll = std::numeric_limits<size_t>::max();
  static size_t CostOf(const OutboundMessage& message) { return message.payload->size() + kOverhead; }

  void Push(OutboundMessage message) {
    bytes_ += CostOf(message);
    messages_.push_back(std::move(message));
  }

  // Takes the oldest messages, until they cost `bytes` or more.
  std::vector<OutboundMessage> Take(size_t bytes) {
    size_t count = taken_;
    size_t cost = 0;
    for (; cost < bytes && count < messages_.size(); ++count) cost += CostOf(messages_[count]);
    bytes_ -= cost;
    std::vector<OutboundMessage> taken;
    if (taken_ == 0 && count == messages_.size()) {
      taken.swap(messages_);
      return taken;
    }
    taken.assign(std::make_move_iterator(At(taken_)), std::make_move_iterator(At(count)));
    taken_ = count;
    // Compacts only when at least half of the messages are taken, so the moves cost O(1) per message taken.
    if (2 * taken_ >= messages_.size()) {
      messages_.erase(messages_.begin(), At(taken_));
      taken_ = 0;
    }
    return taken;
  }

  bool empty() const { return messages() == 0; }
  size_t messages() const { return messages_.size() - taken_; }
  size_t bytes() const { return bytes_; }

 private:
  std::vector<OutboundMessage>::iterator At(size_t index) {
    return messages_.begin() + static_cast<std::ptrdiff_t>(index);
  }

  // Not a deque: most outboxes hold one message, and a deque allocates about 600 bytes for its first element.
  std::vector<OutboundMessage> messages_;
  size_t taken_ = 0;  // number of messages taken from the front of `messages_`
  size_t bytes_ = 0;  // cost of the messages that are left
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_
