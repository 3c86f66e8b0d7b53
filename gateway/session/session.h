// Drives one WebSocket client from the upgrade to the last byte: receive, handle, reply, end.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_SESSION_H_
#define DRAWBRIDGE_GATEWAY_SESSION_SESSION_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/slab.h"
#include "gateway/connections/address_slots.h"
#include "gateway/connections/close.h"
#include "gateway/connections/connection.h"
#include "gateway/connections/message.h"
#include "gateway/connections/outbox.h"
#include "gateway/connections/registry.h"
#include "gateway/connections/slots.h"
#include "gateway/handlers/handler.h"
#include "gateway/session/deflate_options.h"
#include "gateway/session/engine.h"
#include "gateway/session/event_target.h"
#include "gateway/session/frame.h"
#include "gateway/session/io_thread.h"
#include "gateway/session/link.h"
#include "gateway/session/message_deflate.h"
#include "gateway/session/send_queue.h"
#include "gateway/session/tcp_state.h"
#include "gateway/session/throttle.h"

namespace drawbridge {

struct SessionOptions {
  size_t max_message_bytes = 1 << 20;  // a longer message: close 1009 too_big
  size_t send_queue_bytes = 1 << 20;   // a fuller queue: no more is read from the client
  std::chrono::nanoseconds send_stall_timeout =
      std::chrono::seconds(10);                                       // so for this long: close 1008 too_slow
  std::chrono::nanoseconds ping_interval = std::chrono::seconds(25);  // 0: never
  std::chrono::nanoseconds pong_timeout =
      std::chrono::seconds(10);                    // nothing for so long behind a ping: close 1001 no_pong
  bool keepalive_proves_life = false;              // a client that never answers a ping: by TCP keepalive
  std::chrono::nanoseconds idle_timeout{0};        // no message for so long: close 1001 idle; 0: never
  std::chrono::nanoseconds max_connection_age{0};  // give or take a fifth: close max_age; 0: never
  uint16_t max_age_code = Describe(CloseCause::kMaxAge).code;
  std::optional<DeflateOptions> deflate;  // nullopt: no permessage-deflate
  RateLimits rates;                       // over one of them: nothing more is read until it is made up for
};

// Lives on one I/O thread and is touched there alone: no lock. Others act through its Connection. Nobody
// points to it but its thread, which destroys it after it has ended.
class Session final : public EventTarget, public InSlab<Session>, private Replier, private SignalTarget {
 public:
  // What the listener hands over once the upgrade is answered; no poller knows the link any more.
  struct Upgraded {
    Link link;
    Registration registration;
    Slot slot;
    AddressSlot address_slot;
    std::optional<DeflateAgreement> deflate = std::nullopt;  // as answered; nullopt: none
  };

  // On `thread`, which owns the session from here on. `options` and `handler` must outlive the thread.
  // `early`: what the client sent behind its request.
  static void Start(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded,
                    std::span<char> early);

  // For Start and the I/O thread.
  Session(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded);
  ~Session() override;
  void OnReady(uint32_t events) override;
  void OnDeadline() override;
  void Cut() override;

 private:
  enum class Phase : uint8_t { kOpen, kClosing, kEnded };

  // What pings have told of the client.
  struct Pings {
    SteadyTime last;
    SteadyTime deadline;               // of the next ping, or of a sign of life behind the last one
    uint32_t acknowledged = 0;         // by the peer's TCP when last looked at; this and the next modulo 2^32
    uint32_t messages_end = 0;         // what is acknowledged once all before the last ping is
    uint16_t sent_messages = 0;        // when the last ping was sent; modulo 2^16
    bool behind_messages : 1 = false;  // the last one went behind messages that may not be read yet
    bool pong_pending : 1 = false;     // the pong with the payload of the last one has not come
    bool life_pending : 1 = false;     // whether the client lives is asked at the deadline
    bool by_tcp : 1 = false;           // it has never answered: TCP keepalive is asked instead
  };

  // A std::stop_callback runs on the thread of whoever requests the stop: all it may do is post.
  struct StopPoster {
    Session* session;
    void operator()() const;
  };

  // Receive, handle, reply.
  void Receive();
  void ReceivePending();
  void Consume(std::span<char> input);
  void HandleAll(std::span<char> input);
  void HandleTurn(std::span<char> input);
  void PostTurn();
  void ResumeTurns();
  void Charge(size_t bytes);
  void Handle(const Engine::Event& event);
  void HandleControl(const Engine::Event& event);
  void HandleMessage(const Message& message);
  void HandleCloseFrame(uint16_t code, std::string_view reason);
  void HandleViolation(const Engine::Event& event);
  void NoteReceivedClose(uint16_t code, std::string_view reason);
  void Reply(const Message& message) override { AppendMessage(message); }

  // Send: once a wake-up.
  void AppendMessage(const Message& message);
  void AppendShared(OutboundMessage message);
  void CountSent(size_t payload_bytes);
  void OnSignal() override;
  void TakeOutbox(size_t bytes);
  void Settle();
  void Flush();
  void WriteQueue();
  IoResult WriteOut(const WriteBuffer& out);
  void Queue(WriteBuffer& out, size_t sent);
  void WatchQueue();
  void CountWaiting(SendQueue::Change change);
  void CountTaken(SendQueue::Change taken, SendQueue::Change queued = {});
  size_t DropOutbox();
  void CountQueue();
  void CountOwn();
  void UpdateInterest();

  // End.
  void Close(CloseRequest request);
  void StartClosing();
  void ShortenClosing();
  void DropPending();
  void PeerGone(CloseCause cause);
  void AdvanceClosing();
  void FinishClosing();
  void ShutdownWrite();
  void Linger();
  void ShowClosing();
  // kClosing: the peer's answer has come, or something that breaks the protocol in its place.
  bool answered() const { return rejected_ || result_->received_code != 0; }
  bool lingers() const { return write_shut_ && phase_ == Phase::kClosing && answered(); }
  CloseOutcome AnsweredOutcome() const;
  void End(CloseOutcome outcome);
  void Dismantle(CloseOutcome outcome);

  // Pings.
  void PingOrGiveUp();
  void SendPing();
  void HandlePong(std::string_view payload);
  uint64_t PingWord() const;
  bool IsStuck() const;
  void CheckLife();
  bool LifeMayBeBehindMessages(const TcpState& tcp);
  bool LivesByTcp(const TcpState& tcp);
  void CloseForNoPong();

  // Deadlines.
  bool reading() const;
  bool sending() const { return queue_ != nullptr || link_.has_unsent(); }
  SteadyTime ExpiryTime() const;  // SteadyTime::max(): never, in both
  SteadyTime MaxAgeTime() const;
  SteadyTime NextDeadline() const;
  void Arm();

  IoThread& thread_;
  const SessionOptions& options_;
  Handler& handler_;

  const std::shared_ptr<Connection> connection_;
  Registration registration_;
  Slot slot_;
  AddressSlot address_slot_;
  std::optional<std::stop_callback<StopPoster>> on_stop_;

  Link link_;
  const std::unique_ptr<MessageDeflate> deflate_;  // null: nothing is compressed
  Engine engine_;
  std::unique_ptr<std::string> held_;         // what was read and waits for its turn; null: nothing
  std::unique_ptr<SendQueue> queue_;          // null unless something is stuck
  const std::unique_ptr<Throttle> throttle_;  // null: no limit on rates
  uint32_t interest_;
  uint32_t counted_own_bytes_ = 0;  // in the node's budget

  Phase phase_ = Phase::kOpen;
  bool deaf_ : 1 = false;             // what still arrives is no longer looked at
  bool rejected_ : 1 = false;         // the peer's answer to the closing breaks the protocol
  bool close_sent_ : 1 = false;       // all up to the close frame is with the kernel
  bool write_shut_ : 1 = false;       // the peer was told that no more will come
  bool may_send_more_ : 1 = false;    // behind its close frame, or it has done so
  bool has_outbox_ = true;            // others may have queued messages
  uint8_t shown_ = 0;                 // of the closing, to those who ask meanwhile
  uint64_t counted_queue_bytes_ = 0;  // in the thread's counters
  SteadyTime last_receive_;
  SteadyTime last_message_;
  Pings pings_;
  std::optional<SteadyTime>
      stalled_since_;     // it has no room for a message, too much waits, or pongs replace each other, since
  SteadyTime grace_end_;  // kClosing
  std::unique_ptr<CloseResult> result_;  // kClosing, or a close frame was received
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_SESSION_H_
