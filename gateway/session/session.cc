#include "gateway/session/session.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace drawbridge {
namespace {

// What is framed at a time of messages that others have queued.
constexpr size_t kOutboxAtOnce = 64 * 1024;
constexpr size_t kAllOfOutbox = std::numeric_limits<size_t>::max();

Opcode OpcodeOf(MessageType type) { return type == MessageType::kText ? Opcode::kText : Opcode::kBinary; }
MessageType TypeOf(Opcode opcode) {
  return opcode == Opcode::kText ? MessageType::kText : MessageType::kBinary;
}

}  // namespace

void Session::Start(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded,
                    std::span<char> early) {
  Session& session = thread.Adopt(std::make_unique<Session>(thread, options, handler, std::move(upgraded)));
  session.on_stop_.emplace(session.connection_->stop_token(), StopPoster{&session});
  session.connection_->Attach(&thread.signals(), &session, options.send_queue_bytes);
  if (thread.poller().Add(session.link_.fd(), session.interest_, &session)) {
    return session.PeerGone(CloseCause::kReset);  // no memory: drop it
  }
  session.Arm();
  if (!early.empty()) session.Consume(early);
  session.Settle();
}

Session::Session(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded)
    : thread_(thread),
      options_(options),
      handler_(handler),
      connection_(upgraded.registration.connection()),
      registration_(std::move(upgraded.registration)),
      slot_(std::move(upgraded.slot)),
      address_slot_(std::move(upgraded.address_slot)),
      link_(std::move(upgraded.link)),
      deflate_(MessageDeflate::For(thread.deflate_pool(), options.deflate, upgraded.deflate)),
      engine_(options.max_message_bytes, deflate_.get()),
      throttle_(Throttle::For(options.rates)),
      interest_(EPOLLIN),
      last_receive_(thread.now()),
      last_message_(thread.now()),
      ping_deadline_(thread.now() + options.ping_interval) {}

Session::~Session() {
  Session::Cut();  // the thread may be stopped for good, with this client still connected
}

void Session::Cut() {
  if (phase_ == Phase::kEnded) return;
  on_stop_.reset();  // needs no post from here
  connection_->Interrupt(CloseRequest(CloseCause::kShutdown));
  Dismantle(CloseOutcome::kAborted);
}

void Session::StopPoster::operator()() const {
  session->thread_.Post([session = session] {
    session->StartClosing();
    session->Settle();
  });
}

void Session::OnReady(uint32_t events) {
  if ((events & EPOLLOUT) != 0) WriteQueue();
  if ((events & ~EPOLLOUT) != 0 && phase_ != Phase::kEnded) {
    // Who is not being read and is told of all the same has broken the connection. What it sent before stays
    // unread: it is over its bounds.
    (events & EPOLLIN) != 0 || reading() ? Receive() : PeerGone(CloseCause::kReset);
  }
  Settle();
}

// ---------------------------------------------------------------------------------------------- receive,
// handle, reply

void Session::Receive() {
  if (held_ != nullptr) return ResumeTurns();
  const std::span<char> buffer = thread_.read_buffer();
  const IoResult result = link_.Read(buffer);
  switch (result.status) {
    case IoResult::Status::kOk:
      return Consume(buffer.first(result.bytes));
    case IoResult::Status::kWouldBlock:
      return;
    case IoResult::Status::kEndOfFile:
      return PeerGone(CloseCause::kDisconnected);
    case IoResult::Status::kBroken:
      return PeerGone(CloseCause::kReset);
  }
}

// What is held makes no socket readable, nor does what TLS has read ahead.
void Session::ReceivePending() {
  if (held_ != nullptr) ResumeTurns();
  while (held_ == nullptr && link_.has_pending() && phase_ != Phase::kEnded && reading()) Receive();
}

void Session::Consume(std::span<char> input) {
  const size_t bytes = input.size();
  last_receive_ = thread_.now();
  connection_->traffic().last_receive_time.store(last_receive_, std::memory_order_relaxed);
  deflate_ == nullptr ? HandleAll(input) : HandleTurn(input);
  if (throttle_ != nullptr) Charge(bytes);
}

void Session::HandleAll(std::span<char> input) {
  while (!deaf_ && phase_ != Phase::kEnded) {
    const auto event = engine_.Next(input);
    if (!event.has_value()) return;
    Handle(*event);
  }
}

// Over a rate, the client is not read until its debt is paid, so that TCP pushes back.
void Session::Charge(size_t bytes) {
  if (phase_ != Phase::kOpen) return;
  throttle_->Charge(bytes, connection_->traffic().received_messages.Get(), thread_.now());
  if (!throttle_->paused_until().has_value()) return;
  last_message_ = *throttle_->paused_until();  // it cannot be less idle before
  Arm();
}

void Session::Handle(const Engine::Event& event) {
  switch (event.kind) {
    case Engine::Event::Kind::kMessage:
      return HandleMessage({TypeOf(event.opcode), event.payload});
    case Engine::Event::Kind::kPing:
      if (phase_ == Phase::kOpen) AppendFrame(thread_.write_buffer(), Opcode::kPong, event.payload);
      return;
    case Engine::Event::Kind::kPong:
      return HandlePong(event.payload);
    case Engine::Event::Kind::kClose:
      return HandleCloseFrame(event.code, event.payload);
    case Engine::Event::Kind::kError: {
      deaf_ = true;
      CloseRequest request(event.cause);
      request.reason = event.explanation;
      return Close(std::move(request));
    }
  }
}

void Session::HandleMessage(const Message& message) {
  // Asked of the connection and not of phase_: from the moment an interrupt is accepted on whatever thread,
  // before its post arrives here, nothing more is delivered.
  if (connection_->state() != ConnectionState::kOpen) return;
  last_message_ = thread_.now();
  connection_->traffic().received_messages.Add(1);
  connection_->traffic().received_bytes.Add(message.payload.size());
  handler_.OnMessage(*connection_, message, *this);
}

void Session::HandlePong(std::string_view payload) {
  const auto sent = last_ping_.time_since_epoch().count();
  // A pong that nobody asked for is allowed and means nothing (RFC 6455, section 5.5.3).
  if (!ping_pending_ || payload.size() != sizeof(sent) ||
      std::memcmp(payload.data(), &sent, sizeof(sent)) != 0)
    return;
  ping_pending_ = false;
  ping_deadline_ = last_ping_ + options_.ping_interval;
  const auto round_trip = thread_.clock().Steady() - last_ping_;
  connection_->traffic().round_trip_nanoseconds.Set(static_cast<uint64_t>(round_trip.count()));
  Arm();
}

void Session::HandleCloseFrame(uint16_t code, std::string_view reason) {
  deaf_ = true;
  if (result_ == nullptr) result_ = std::make_unique<CloseResult>();
  result_->received_code = code;
  result_->received_reason = reason;
  CloseRequest request(CloseCause::kClientClosed);
  request.code = code;  // the answer repeats it (RFC 6455, section 5.5.1)
  Close(std::move(request));
}

// ---------------------------------------------------------------------------------------------- send, once a
// wake-up

// The one way out for messages, whoever sends them.
void Session::AppendMessage(const Message& message) {
  connection_->traffic().sent_messages.Add(1);
  connection_->traffic().sent_bytes.Add(message.payload.size());
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
  const bool over = traffic.send_queue_bytes.Get() > options_.send_queue_bytes;
  if (over == stalled_since_.has_value()) return;
  stalled_since_ = over ? std::optional(thread_.now()) : std::nullopt;
  if (!over && held_ != nullptr) PostTurn();
  Arm();
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

// ---------------------------------------------------------------------------------------------- end

// For whatever ends the connection on this thread; an interrupt that came first stands.
void Session::Close(CloseRequest request) {
  on_stop_.reset();  // needs no post from here
  connection_->Interrupt(std::move(request));
  StartClosing();
}

void Session::StartClosing() {
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kClosing;
  on_stop_.reset();
  if (result_ == nullptr) result_ = std::make_unique<CloseResult>();
  const CloseRequest request = *connection_->close_request();
  if (request.abort || request.code == 0) return End(CloseOutcome::kAborted);

  if (request.drop_pending) {
    DropPending();
  } else {
    TakeOutbox(kAllOfOutbox);
  }
  AppendFrame(thread_.write_buffer(), Opcode::kClose, ClosePayload(request.code, request.reason));
  result_->sent_code = request.code;
  result_->sent_reason = request.reason;
  grace_end_ = thread_.now() + request.grace;
  Arm();
}

void Session::DropPending() {
  result_->dropped_messages += connection_->TakeOutbox(kAllOfOutbox, &has_outbox_).size();
  if (queue_ == nullptr) return;
  result_->dropped_messages += queue_->DropMessages();
  WatchQueue();
  if (queue_->empty()) queue_.reset();
}

// Everything up to the close frame is with the kernel. Who answered it is done; who violated the protocol is
// told that no more will come, and whoever does not end it then is cut when the grace ends.
void Session::FinishClosing() {
  if (result_->received_code != 0) return End(CloseOutcome::kClean);
  if (deaf_ && !std::exchange(write_shut_, true)) link_.ShutdownWrite();
}

void Session::PeerGone(CloseCause cause) {
  // An interrupt that came first stands and would say goodbye, but there is nobody left to hear it.
  if (phase_ == Phase::kOpen) Close(CloseRequest(cause));
  End(CloseOutcome::kAborted);
}

void Session::End(CloseOutcome outcome) {
  if (phase_ == Phase::kEnded) return;
  Dismantle(outcome);
  thread_.Release(*this);
}

// The order makes "it is gone" true: the descriptor is closed, the connection unlisted, then whoever waits is
// told.
void Session::Dismantle(CloseOutcome outcome) {
  phase_ = Phase::kEnded;
  on_stop_.reset();
  // The close frame is the last of all: while anything is left here, it was not sent.
  const bool close_unsent = !write_shut_ && (sending() || !thread_.write_buffer().empty());
  thread_.write_buffer().Clear();
  thread_.poller().Forget(this);
  const auto request = connection_->close_request();
  if (request->abort) {
    link_.Reset();
  } else {
    link_.Close();
  }
  slot_.Release();
  address_slot_.Release();

  CloseResult result = result_ == nullptr ? CloseResult() : std::move(*result_);
  result.outcome = outcome;
  if (close_unsent) {
    result.sent_code = 0;
    result.sent_reason.clear();
  }
  result.close_time = thread_.clock().Steady();
  connection_->Detach();
  result.dropped_messages += connection_->TakeOutbox(kAllOfOutbox, &has_outbox_).size();
  if (queue_ != nullptr) result.dropped_messages += queue_->messages();
  queue_.reset();
  connection_->traffic().send_queue_messages.Clear();
  connection_->traffic().send_queue_bytes.Clear();
  connection_->RecordEnd(std::move(result));
  registration_.Reset();
  connection_->TellWaiters();
}

// ---------------------------------------------------------------------------------------------- deadlines

void Session::OnDeadline() {
  const SteadyTime now = thread_.now();
  if (phase_ == Phase::kClosing) {
    if (now >= grace_end_) return End(CloseOutcome::kTimeout);
  } else if (now >= ExpiryTime()) {
    Close(CloseRequest(CloseCause::kExpired));
  } else if (throttle_ != nullptr && throttle_->Resume(now)) {
    // Settle reads what TLS holds; the poller tells of the rest.
  } else if (stalled_since_.has_value() && now >= *stalled_since_ + options_.send_stall_timeout) {
    CloseRequest request(CloseCause::kTooSlow);
    request.drop_pending = true;
    Close(std::move(request));
  } else if (options_.idle_timeout.count() > 0 && now >= last_message_ + options_.idle_timeout) {
    Close(CloseRequest(CloseCause::kIdle));
  } else if (options_.ping_interval.count() > 0 && now >= ping_deadline_) {
    ping_pending_ ? CheckPong() : SendPing();
  }
  Settle();
  if (phase_ != Phase::kEnded) Arm();
}

void Session::SendPing() {
  last_ping_ = thread_.now();
  ping_deadline_ = last_ping_ + options_.pong_timeout;
  ping_pending_ = true;
  const auto sent = last_ping_.time_since_epoch().count();
  AppendFrame(thread_.write_buffer(), Opcode::kPing, {reinterpret_cast<const char*>(&sent), sizeof(sent)});
}

void Session::CheckPong() {
  // Not to be blamed on a peer that is not being read, or that cannot send a pong before its long frame is
  // out.
  const bool excused = !reading() || (engine_.mid_frame() && last_receive_ > last_ping_ &&
                                      thread_.now() - last_receive_ < options_.pong_timeout);
  if (!excused) return PeerGone(CloseCause::kNoPong);
  ping_deadline_ = thread_.now() + options_.pong_timeout;
}

// Asked of the connection each time: few have one, so it takes no room here, and a calendar that was put
// right counts from the next deadline on.
SteadyTime Session::ExpiryTime() const {
  const AttributesPointer attributes = connection_->attributes();
  if (attributes == nullptr || !attributes->expire_time.has_value()) return SteadyTime::max();
  return thread_.now() + (*attributes->expire_time - thread_.clock().Wall());
}

SteadyTime Session::NextDeadline() const {
  if (phase_ == Phase::kClosing) return grace_end_;
  SteadyTime next = ExpiryTime();
  if (options_.ping_interval.count() > 0) next = std::min(next, ping_deadline_);
  if (options_.idle_timeout.count() > 0) next = std::min(next, last_message_ + options_.idle_timeout);
  if (throttle_ != nullptr) next = std::min(next, throttle_->paused_until().value_or(next));
  if (stalled_since_.has_value()) next = std::min(next, *stalled_since_ + options_.send_stall_timeout);
  return next;
}

void Session::Arm() {
  const SteadyTime next = NextDeadline();
  if (next == SteadyTime::max()) {
    DeadlineHook::unlink();
  } else {
    thread_.deadlines().Set(*this, next);
  }
}

}  // namespace drawbridge
