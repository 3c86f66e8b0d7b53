#include "gateway/session/session.h"

#include <sys/epoll.h>

#include <string>
#include <utility>

namespace drawbridge {
namespace {

MessageType TypeOf(Opcode opcode) {
  return opcode == Opcode::kText ? MessageType::kText : MessageType::kBinary;
}

}  // namespace

void Session::Start(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded,
                    std::span<char> early) {
  Session& session = thread.Adopt(std::make_unique<Session>(thread, options, handler, std::move(upgraded)));
  session.on_stop_.emplace(session.connection_->stop_token(), StopPoster{&session});
  session.connection_->Attach(&thread.signals(), &session);
  if (thread.poller().Add(session.link_.fd(), session.interest_, &session)) {
    return session.PeerGone(CloseCause::kReset);  // no memory: drop it
  }
  session.Arm();
  if (!early.empty()) session.Consume(early);
  session.OnSignal();  // messages that were queued before Attach were not signalled
}

Session::Session(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded)
    : thread_(thread),
      options_(options),
      handler_(handler),
      connection_(upgraded.registration.connection()),
      registration_(std::move(upgraded.registration)),
      slot_(std::move(upgraded.slot)),
      address_slot_(std::move(upgraded.address_slot)),
      principal_slot_(std::move(upgraded.principal_slot)),
      link_(std::move(upgraded.link)),
      deflate_(MessageDeflate::For(thread.deflate_pool(), options.deflate, upgraded.deflate)),
      engine_(options.max_message_bytes, deflate_.get()),
      throttle_(Throttle::For(options.rates)),
      interest_(EPOLLIN),
      last_receive_(thread.now()),
      last_message_(thread.now()),
      pings_{.deadline = thread.now() + options.ping_interval} {}

Session::~Session() {
  Session::Cut();  // the thread may have stopped while this client was connected
}

void Session::Cut() {
  if (phase_ == Phase::kEnded) return;
  on_stop_.reset();  // from here on a request to close needs no post
  connection_->BeginClosing(CloseRequest(CloseCause::kShutdown));
  registration_.TellClosing();
  Dismantle(lingers() ? AnsweredOutcome() : CloseOutcome::kAborted);
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
    // An event for a client that is not being read means that the connection is broken. What it sent before
    // stays unread, since it is over its bounds.
    (events & EPOLLIN) != 0 || reading() ? Receive() : PeerGone(CloseCause::kReset);
  }
  Settle();
}

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

// Input that is held, or that TLS has read ahead, does not make the socket readable.
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
  if (!input.empty()) may_send_more_ = true;
}

// A client over its rate is not read until its debt is paid, so that TCP applies back-pressure.
void Session::Charge(size_t bytes) {
  if (phase_ != Phase::kOpen) return;
  throttle_->Charge(bytes, connection_->traffic().received_messages.Get(), thread_.now());
  if (!throttle_->paused_until().has_value()) return;
  last_message_ = *throttle_->paused_until();  // it cannot send a message before that
  Arm();
}

// Separate from HandleControl, which needs more stack: messages do not pay for that.
void Session::Handle(const Engine::Event& event) {
  if (event.kind == Engine::Event::Kind::kMessage) {
    HandleMessage({TypeOf(event.opcode), event.payload});
  } else {
    HandleControl(event);
  }
}

void Session::HandleControl(const Engine::Event& event) {
  switch (event.kind) {
    case Engine::Event::Kind::kMessage:
      return;
    case Engine::Event::Kind::kPing:
      if (phase_ == Phase::kOpen) AppendFrame(thread_.write_buffer(), Opcode::kPong, event.payload);
      return;
    case Engine::Event::Kind::kPong:
      return HandlePong(event.payload);
    case Engine::Event::Kind::kClose:
      return HandleCloseFrame(event.code, event.payload);
    case Engine::Event::Kind::kError:
      return HandleViolation(event);
  }
}

void Session::HandleMessage(const Message& message) {
  // Checks the state of the connection and not phase_: once an interrupt is accepted, on any thread, nothing
  // more is delivered, even before its post arrives here.
  if (connection_->state() != ConnectionState::kOpen) return;
  last_message_ = thread_.now();
  connection_->traffic().last_message_time.store(last_message_, std::memory_order_relaxed);
  connection_->traffic().received_messages.Add(1);
  connection_->traffic().received_bytes.Add(message.payload.size());
  thread_.counters().Received(message.payload.size());
  handler_.OnMessage(*connection_, message, *this);
}

void Session::HandleCloseFrame(uint16_t code, std::string_view reason) {
  deaf_ = true;
  if (phase_ == Phase::kOpen) may_send_more_ = true;
  NoteReceivedClose(code, reason);
  CloseRequest request(CloseCause::kClientClosed);
  request.code = code;  // the answer repeats it (RFC 6455, section 5.5.1)
  Close(std::move(request));
}

void Session::HandleViolation(const Engine::Event& event) {
  deaf_ = true;
  const bool is_close = event.code != 0;
  if (is_close) NoteReceivedClose(event.code, event.payload);
  // A violation of the protocol after the gateway's close frame counts as the answer, since no other can be
  // read. A message that is too big or not UTF-8 may have been sent before the client saw the close frame, so
  // the client keeps its grace.
  rejected_ = is_close || (close_sent_ && event.cause == CloseCause::kProtocolError);
  CloseRequest request(event.cause);
  request.reason = event.explanation;
  Close(std::move(request));
}

void Session::NoteReceivedClose(uint16_t code, std::string_view reason) {
  if (result_ == nullptr) result_ = std::make_unique<CloseResult>();
  result_->received_code = code;
  result_->received_reason = reason;
}

}  // namespace drawbridge
