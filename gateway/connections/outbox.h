// What others have for a client, until its session takes it.
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

// A message from the outside. The payload is shared by all the clients that it goes to.
struct OutboundMessage {
  MessageType type;
  std::shared_ptr<const std::string> payload;  // not null; kText: valid UTF-8
  Receipt receipt;
};

// Not thread-safe: its connection guards it, and bounds it.
class Outbox {
 public:
  // What a waiting message counts besides its payload: for its frame header and its keep, so that a million
  // empty ones are not for free.
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
    // Each message is moved up at most once for each that was taken.
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

  // No deque: most outboxes hold one message, taken at once, and a deque's first costs 600 bytes.
  std::vector<OutboundMessage> messages_;
  size_t taken_ = 0;  // of `messages_`, from the front
  size_t bytes_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_OUTBOX_H_
