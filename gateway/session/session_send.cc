// Everything for a client gathers during a wake-up and is sent once, at its end.
#include <sys/epoll.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// What is framed at a time of messages that others have queued.
constexpr size_t kOutboxAtOnce = 64 * 1024;

Opcode OpcodeOf(MessageType type) { return type == MessageType::kText ? Opcode::kText : Opcode::kBinary; }

}  // namespace

// The one way out for messages, whoever sends them.
void Session::AppendMessage(const Message& message) {
  connection_->traffic().sent_messages.Add(1);
  connection_->traffic().sent_bytes.Add(message.payload.size());
  thread_.counters().Sent(message.payload.size());
  if (deflate_ != nullptr)
    return deflate_->AppendFrame(thread_.write_buffer(), OpcodeOf(message.type), message.payload);
  AppendFrame(thread_.write_buffer(), OpcodeOf(message.type), message.payload);
}

void Session::OnSignal() {
  has_outbox_ = true;
  Settle();
  if (phase_ == Phase::kOpen && ExpiryTime() != SteadyTime::max()) Arm();  // it may be another one
}

// Moves what others have queued to the write buffer.
void Session::TakeOutbox(size_t bytes) {
  for (OutboundMessage& message : connection_->TakeOutbox(bytes, &has_outbox_)) {
    AppendMessage({message.type, *message.payload});
    if (message.receipt) thread_.write_buffer().AddMark(std::move(message.receipt));
  }
}

void Session::Settle() {
  ReceivePending();
  if (phase_ == Phase::kEnded) return;
  Flush();
  // What the kernel does not take stays with the others' messages, whose bytes are shared.
  while (has_outbox_ && phase_ == Phase::kOpen && !sending()) {
    TakeOutbox(kOutboxAtOnce);
    Flush();
    if (!has_outbox_) CountQueue();
  }
  if (has_outbox_ || stalled_since_.has_value()) WatchQueue();
  if (phase_ == Phase::kClosing && !sending()) FinishClosing();
  if (phase_ == Phase::kEnded) return;
  UpdateInterest();
}

void Session::Flush() {
  WriteBuffer& out = thread_.write_buffer();
  if (out.empty()) return;
  size_t sent = 0;
  if (queue_ == nullptr) {
    const IoResult result = link_.Write(out.view());
    if (result.status == IoResult::Status::kBroken) return PeerGone(CloseCause::kReset);
    sent = result.bytes;
  }
  if (sent < out.view().size() || (link_.has_unsent() && !out.marks().empty())) {
    if (queue_ == nullptr) queue_ = std::make_unique<SendQueue>();
    queue_->Append(out.view(), sent, out.marks());
    WatchQueue();
  } else {
    for (WriteBuffer::Mark& mark : out.marks()) mark.receipt.Written();
  }
  out.Clear();
}

void Session::WriteQueue() {
  if (link_.FlushTls() == IoResult::Status::kBroken) return PeerGone(CloseCause::kReset);
  if (queue_ == nullptr) return;
  if (queue_->WriteTo(link_) == IoResult::Status::kBroken) return PeerGone(CloseCause::kReset);
  WatchQueue();
  if (queue_->empty()) queue_.reset();
}

// The queue has grown or shrunk: keeps the books and notes when it passes its bound, one way or the other.
void Session::WatchQueue() {
  Connection::Traffic& traffic = connection_->traffic();
  if (queue_ != nullptr) {
    const SendQueue::Change change = queue_->TakeChange();
    traffic.send_queue_messages.Add(change.messages);
    traffic.send_queue_bytes.Add(change.bytes);
  }
  CountQueue();
  const bool over = traffic.send_queue_bytes.Get() > options_.send_queue_bytes;
  if (over == stalled_since_.has_value()) return;
  stalled_since_ = over ? std::optional(thread_.now()) : std::nullopt;
  // What no socket tells of: this may be the last that happens to the client for long.
  if (!over && (held_ != nullptr || link_.has_pending())) PostTurn();
  Arm();
}

// Of the node: what its clients have waiting, together.
void Session::CountQueue() {
  const uint64_t bytes = connection_->traffic().send_queue_bytes.Get();
  thread_.counters().SendQueueChanged(std::exchange(counted_queue_bytes_, bytes), bytes);
}

bool Session::reading() const {
  if (phase_ == Phase::kOpen) {
    return !stalled_since_.has_value() && (throttle_ == nullptr || !throttle_->paused_until().has_value());
  }
  // The peer's close frame was its last; without one, what comes must be read so that the end behind it is
  // seen.
  return result_->received_code == 0;
}

void Session::UpdateInterest() {
  const uint32_t interest = (reading() ? uint32_t{EPOLLIN} : 0) | (sending() ? uint32_t{EPOLLOUT} : 0);
  if (interest == interest_) return;
  const bool reads_again = (interest & ~interest_ & EPOLLIN) != 0;
  interest_ = interest;
  thread_.poller().Modify(link_.fd(), interest, this);
  if (reads_again && ping_pending_) {
    // The pong may lie behind much that is yet to be read.
    ping_deadline_ = std::max(ping_deadline_, thread_.now() + options_.pong_timeout);
    Arm();
  }
}

}  // namespace drawbridge
