// Sends: the output for a client gathers during a wake-up and is sent once, at its end.
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "gateway/session/session.h"

namespace drawbridge {
namespace {

// How many bytes of messages from the outbox are framed at a time.
constexpr size_t kOutboxAtOnce = 64 * 1024;
// A shared payload of this size is not copied to the write buffer. Copying a smaller one costs less than
// another piece in a system call.
constexpr size_t kLargePayload = 4096;

Opcode OpcodeOf(MessageType type) { return type == MessageType::kText ? Opcode::kText : Opcode::kBinary; }

// What the marked messages counted in the outbox, as a negative change.
SendQueue::Change Uncounted(std::span<const WriteBuffer::Mark> marks) {
  SendQueue::Change change{.messages = -static_cast<int64_t>(marks.size())};
  for (const WriteBuffer::Mark& mark : marks) {
    change.bytes -= static_cast<int64_t>(mark.payload->size() + Outbox::kOverhead);
  }
  return change;
}

}  // namespace

// Sends all messages, except large ones that are shared.
void Session::AppendMessage(const Message& message) {
  CountSent(message.payload.size());
  if (deflate_ != nullptr)
    return deflate_->AppendFrame(thread_.write_buffer(), OpcodeOf(message.type), message.payload);
  AppendFrame(thread_.write_buffer(), OpcodeOf(message.type), message.payload);
}

// Sends a message from the outbox, which may be sent to other clients, too.
void Session::AppendShared(OutboundMessage message) {
  WriteBuffer& out = thread_.write_buffer();
  const size_t size = message.payload->size();
  const bool beside = size >= kLargePayload && deflate_ == nullptr;
  if (beside) {
    CountSent(size);
    AppendFrameHeader(out, OpcodeOf(message.type), size);
  } else {
    AppendMessage({message.type, *message.payload});
  }
  out.AddMark(std::move(message.payload), std::move(message.receipt), beside);
}

void Session::CountSent(size_t payload_bytes) {
  connection_->traffic().sent_messages.Add(1);
  connection_->traffic().sent_bytes.Add(payload_bytes);
  thread_.counters().Sent(payload_bytes);
}

void Session::OnSignal() {
  if (phase_ == Phase::kClosing) {
    ShortenClosing();
  } else {
    has_outbox_ = true;  // or the connection is to close, which a post reports
  }
  if (phase_ == Phase::kEnded) return;
  Settle();
  if (phase_ == Phase::kOpen && connection_->refused()) WatchQueue();
  if (phase_ == Phase::kOpen && ExpiryTime() != SteadyTime::max()) Arm();  // the expiry may have changed
}

// Moves messages from the outbox to the write buffer.
void Session::TakeOutbox(size_t bytes) {
  for (OutboundMessage& message : connection_->TakeOutbox(bytes, &has_outbox_))
    AppendShared(std::move(message));
}

// Drops the messages in the outbox; returns how many.
size_t Session::DropOutbox() {
  SendQueue::Change change;
  for (const OutboundMessage& message : connection_->TakeOutbox(Outbox::kAll, &has_outbox_)) {
    --change.messages;
    change.bytes -= static_cast<int64_t>(Outbox::CostOf(message));
  }
  CountTaken(change);
  return static_cast<size_t>(-change.messages);
}

void Session::Settle() {
  ReceivePending();
  if (phase_ == Phase::kEnded) return;
  Flush();
  // Messages that the kernel does not accept stay in the outbox, where their bytes are shared.
  while (has_outbox_ && phase_ == Phase::kOpen && !sending()) {
    TakeOutbox(kOutboxAtOnce);
    Flush();
    if (!has_outbox_) CountQueue();
  }
  if (has_outbox_ || stalled_since_.has_value()) WatchQueue();
  if (phase_ == Phase::kClosing) AdvanceClosing();
  if (phase_ == Phase::kEnded) return;
  UpdateInterest();
}

void Session::Flush() {
  WriteBuffer& out = thread_.write_buffer();
  if (out.empty()) return;
  size_t sent = 0;
  if (queue_ == nullptr) {
    const IoResult result = WriteOut(out);
    if (result.status == IoResult::Status::kBroken) return PeerGone(CloseCause::kReset);
    sent = result.bytes;
  }
  if (sent < out.size() || link_.has_unsent()) {
    Queue(out, sent);
  } else if (!out.marks().empty()) {
    CountTaken(Uncounted(out.marks()));
    for (WriteBuffer::Mark& mark : out.marks()) mark.receipt.Written();
  }
  out.Clear();
}

IoResult Session::WriteOut(const WriteBuffer& out) {
  if (out.view().size() == out.size()) return link_.Write(out.view());
  std::array<iovec, 64> room;  // pieces that do not fit wait until the socket is ready again
  return link_.Write(out.Gather(room));
}

// Queues what the kernel has not accepted.
void Session::Queue(WriteBuffer& out, size_t sent) {
  if (queue_ == nullptr) queue_ = std::make_unique<SendQueue>();
  const SendQueue::Change from_outbox = Uncounted(out.marks());
  queue_->Append(out.view(), sent, out.marks());
  const SendQueue::Change change = queue_->TakeChange();
  // In one step: a concurrent send must see neither too much room nor too little.
  CountTaken(from_outbox, change);
  WatchQueue();
}

// Counts that messages have left the outbox and that `queued` messages wait here from now on.
void Session::CountTaken(SendQueue::Change taken, SendQueue::Change queued) {
  CountWaiting({taken.messages + queued.messages, taken.bytes + queued.bytes});
  thread_.send_share().Add(taken.messages * static_cast<int64_t>(Outbox::kOverhead));
}

void Session::CountWaiting(SendQueue::Change change) {
  connection_->traffic().send_queue_messages.Add(change.messages);
  connection_->traffic().send_queue_bytes.Add(change.bytes);
}

void Session::WriteQueue() {
  if (link_.FlushTls() == IoResult::Status::kBroken) return PeerGone(CloseCause::kReset);
  if (queue_ == nullptr) return CountOwn();
  if (queue_->WriteTo(link_) == IoResult::Status::kBroken) return PeerGone(CloseCause::kReset);
  WatchQueue();
  if (queue_->empty()) queue_.reset();
}

// Called when the queue has changed, or had no room for a message: updates the counters and notes when the
// client begins or ceases to be stalled. A client that pings and does not read is stalled, although its one
// pong is small.
void Session::WatchQueue() {
  if (queue_ != nullptr) CountWaiting(queue_->TakeChange());
  CountQueue();
  CountOwn();
  const bool over = connection_->traffic().send_queue_bytes.Get() > options_.send_queue_bytes ||
                    connection_->LacksRoom() || (queue_ != nullptr && queue_->replaced_pong());
  if (over == stalled_since_.has_value()) return;
  stalled_since_ = over ? std::optional(thread_.now()) : std::nullopt;
  // Held input makes no socket readable, and there may be no other event for long.
  if (!over && (held_ != nullptr || link_.has_pending())) PostTurn();
  Arm();
}

// Updates how much waits for all clients of the node.
void Session::CountQueue() {
  const uint64_t bytes = connection_->traffic().send_queue_bytes.Get();
  thread_.counters().SendQueueChanged(std::exchange(counted_queue_bytes_, bytes), bytes);
}

// Updates the memory that waits for this client alone, encrypted or not, in the node's budget.
void Session::CountOwn() {
  const size_t own = (queue_ == nullptr ? 0 : queue_->own_bytes()) + link_.unsent();
  thread_.send_share().Add(static_cast<int64_t>(own) - counted_own_bytes_);
  counted_own_bytes_ = static_cast<uint32_t>(own);
}

bool Session::reading() const {
  if (phase_ == Phase::kOpen) {
    return !stalled_since_.has_value() && (throttle_ == nullptr || !throttle_->paused_until().has_value());
  }
  // From the peer's close frame until the answer to it is sent, nothing is read, so that the end of the
  // peer's side is not seen too early. Before and after that, input is read.
  return result_->received_code == 0 || write_shut_;
}

void Session::UpdateInterest() {
  const uint32_t interest = (reading() ? uint32_t{EPOLLIN} : 0) | (sending() ? uint32_t{EPOLLOUT} : 0);
  if (interest == interest_) return;
  CountOwn();  // TLS may have output of its own
  const bool reads_again = (interest & ~interest_ & EPOLLIN) != 0;
  interest_ = interest;
  thread_.poller().Modify(link_.fd(), interest, this);
  if (reads_again && pings_.life_pending) {
    // Data that the client has sent meanwhile is not read yet.
    pings_.deadline = std::max(pings_.deadline, thread_.now() + options_.pong_timeout);
    Arm();
  }
}

}  // namespace drawbridge
