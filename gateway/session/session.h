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
#include "gateway/connections/principal_slots.h"
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
  size_t send_queue_bytes = 1 << 20;   // over this, nothing more is read from the client
  std::chrono::nanoseconds send_stall_timeout =
      std::chrono::seconds(10);                                       // that for so long: close 1008 too_slow
  std::chrono::nanoseconds ping_interval = std::chrono::seconds(25);  // 0: never
  std::chrono::nanoseconds pong_timeout =
      std::chrono::seconds(10);                    // no data for so long after a ping: close 1001 no_pong
  bool keepalive_proves_life = false;              // judge a client that never answers pings by TCP keepalive
  std::chrono::nanoseconds idle_timeout{0};        // no message for so long: close 1001 idle; 0: never
  std::chrono::nanoseconds max_connection_age{0};  // plus or minus a fifth: close max_age; 0: never
  uint16_t max_age_code = Describe(CloseCause::kMaxAge).code;
  uint16_t token_expired_code =
      Describe(CloseCause::kExpired).code;  // where the client's token set the expiry
  std::optional<DeflateOptions> deflate;    // nullopt: no permessage-deflate
  RateLimits rates;                         // over one of them, the client is not read for a while
};

// Lives on one I/O thread. Only that thread uses it, so it needs no lock. Other threads act through its
// Connection. Only its thread points to it, and destroys it after it has ended.
class Session final : public EventTarget, public InSlab<Session>, private Replier, private SignalTarget {
 public:
  // What the listener hands over after it has answered the upgrade. The link is in no poller.
  struct Upgraded {
    Link link;
    Registration registration;
    Slot slot;
    AddressSlot address_slot;
    PrincipalSlot principal_slot;
    std::optional<DeflateAgreement> deflate = std::nullopt;  // as agreed on; nullopt: none
  };

  // Call it on `thread`, which owns the session from here on. `options` and `handler` must outlive the
  // thread. `early`: what the client sent after its request.
  static void Start(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded,
                    std::span<char> early);

  // Public for Start and the I/O thread only.
  Session(IoThread& thread, const SessionOptions& options, Handler& handler, Upgraded upgraded);
  ~Session() override;
  void OnReady(uint32_t events) override;
  void OnDeadline() override;
  void Cut() override;

 private:
  enum class Phase : uint8_t { kOpen, kClosing, kEnded };

  // The state of the pings.
  struct Pings {
    SteadyTime last;
    SteadyTime deadline;               // for the next ping, or for an answer to the last one
    uint32_t acknowledged = 0;         // bytes acknowledged by the peer's TCP; this and the next modulo 2^32
    uint32_t messages_end = 0;         // `acknowledged` once all that precedes the last ping is acknowledged
    uint16_t sent_messages = 0;        // messages sent until the last ping; modulo 2^16
    bool behind_messages : 1 = false;  // messages that the client may not have read yet precede the last ping
    bool pong_pending : 1 = false;     // the pong with the payload of the last ping has not come
    bool life_pending : 1 = false;     // at the deadline, check whether the client is alive
    bool by_tcp : 1 = false;           // it has never answered a ping: TCP keepalive is used instead
  };

  // A std::stop_callback runs on the thread that requests the stop, so all it may do is post.
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

  // Send: once in a wake-up.
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
  // kClosing: the peer's close frame has come, or a violation of the protocol instead of it.
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
  void CloseExpired();
  SteadyTime ExpiryTime() const;  // as MaxAgeTime: SteadyTime::max(): never
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
  PrincipalSlot principal_slot_;
  std::optional<std::stop_callback<StopPoster>> on_stop_;

  Link link_;
  const std::unique_ptr<MessageDeflate> deflate_;  // null: nothing is compressed
  Engine engine_;
  std::unique_ptr<std::string> held_;         // input that waits for its turn; null: none
  std::unique_ptr<SendQueue> queue_;          // null unless frames wait to be sent
  const std::unique_ptr<Throttle> throttle_;  // null: no limit on rates
  uint32_t interest_;
  uint32_t counted_own_bytes_ = 0;  // as counted in the node's budget

  Phase phase_ = Phase::kOpen;
  bool deaf_ : 1 = false;             // further input is ignored
  bool rejected_ : 1 = false;         // the peer's answer to the closing violates the protocol
  bool close_sent_ : 1 = false;       // the kernel has accepted all up to the close frame
  bool write_shut_ : 1 = false;       // the sending side is shut down
  bool may_send_more_ : 1 = false;    // the client may send, or has sent, data after its close frame
  bool has_outbox_ = true;            // the outbox may hold messages
  uint8_t shown_ = 0;                 // the progress of the closing that the connection shows
  uint64_t counted_queue_bytes_ = 0;  // as counted in the thread's counters
  SteadyTime last_receive_;
  SteadyTime last_message_;
  Pings pings_;
  // Since when the queue is over its bound or has no room for a message, or pongs replace each other.
  std::optional<SteadyTime> stalled_since_;
  SteadyTime grace_end_;                 // kClosing
  std::unique_ptr<CloseResult> result_;  // null unless kClosing, or a close frame was received
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_SESSION_H_
