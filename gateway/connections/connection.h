// What everybody but its session may hold of a client: its facts, its counters, and the means to end it.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/counter.h"
#include "gateway/base/mutex.h"
#include "gateway/base/slab.h"
#include "gateway/connections/attributes.h"
#include "gateway/connections/close.h"
#include "gateway/connections/connection_info.h"
#include "gateway/connections/outbox.h"
#include "gateway/connections/send_budget.h"
#include "gateway/connections/signal_queue.h"

namespace drawbridge {

enum class ConnectionState : uint8_t {
  kOpen,
  kClosing,  // irrevocable: nothing more is delivered to the handler
  kClosed,   // the socket is closed
};

// The session's side of a connection: told, on the session's thread, that something was left for it: a
// message, another expiry, or a request that shortens the closing under way.
class SignalTarget {
 public:
  virtual void OnSignal() = 0;

 protected:
  ~SignalTarget() = default;
};

enum class SendStatus {
  kQueued,
  kClosing,   // too late: it is closing or closed
  kFull,      // with this message more than `send_queue_bytes` would wait
  kTooLarge,  // this message alone is more than that
  kNodeFull,  // with this message the queues of all clients would take more than their budget
};

// What may wait to be sent to a client.
struct SendLimits {
  uint32_t queue_bytes = 1 << 20;  // in its outbox and its send queue together
  SendBudget* budget = nullptr;    // of all clients; outlives the last Send. Null: no bound
};

// Shared by the registry, the control plane and the session; outlives the session for as long as somebody
// asks how it ended. Thread-safe; nothing here blocks on the network or on the session.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(const ConnectionInfo& info, SendLimits limits = {}) : info_(info), limits_(limits) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Fixed when the upgrade is accepted. Its texts live as long as the connection.
  ConnectionInfo info() const { return info_.view(); }
  // Begins to bring it from memory, for who is about to touch it after a long time.
  void Prefetch() const {
    for (size_t at = 0; at < sizeof(*this); at += 64)
      __builtin_prefetch(reinterpret_cast<const char*>(this) + at);
  }
  // The same of the texts of its info, as far as most clients fill them.
  void PrefetchTexts() const { info_.Prefetch(); }
  ConnectionState state() const { return state_.load(std::memory_order_acquire); }

  // Ends the connection: irrevocable when it returns. True for the first call of all. A later call joins the
  // closing and can only shorten it: `drop_pending` and `abort` take effect, and a grace counts from that
  // call, so the earliest deadline wins. Cause, code and reason stay those of the first. Nothing changes once
  // the connection is closed.
  bool Interrupt(CloseRequest request);

  // Queues one message, behind all that was queued before; `message` is taken only then. Never makes the
  // queue pass its bound, in which a message counts Outbox::CostOf. A client for which there is no room is
  // too slow when that lasts: see LacksRoom.
  [[nodiscard]] SendStatus Send(OutboundMessage&& message);
  // The largest message that Send may take.
  size_t max_send_bytes() const { return limits_.queue_bytes - Outbox::kOverhead; }

  // Stop is requested by the first Interrupt. A callback runs on the interrupting thread: it may only post.
  std::stop_token stop_token() const { return stop_.get_token(); }

  // Whether the close request has come to the session: until then it is on its way to the session's thread.
  bool close_arrived() const { return close_arrived_.load(std::memory_order_relaxed); }

  // The request that stands, shortened by later ones; nullopt while open.
  std::optional<CloseRequest> close_request() const;
  // How it ended; nullopt until then.
  std::optional<CloseResult> close_result() const;
  // Which close frames have been sent and received so far; the rest says nothing until it has ended.
  CloseResult close_progress() const;

  // Null: never changed.
  AttributesPointer attributes() const;
  // For Registry::Update alone, which keeps its index true: makes them `next`. False, and nothing changes,
  // where they are no longer `expected` or the connection is no longer open.
  bool ReplaceAttributes(const AttributesPointer& expected, AttributesPointer next);

  // Calls `waiter` once, when the socket is closed and the connection is in no later list of open ones: on
  // the session's thread, so it must not block, or on the caller's at once where that is already so. Returns
  // a handle for Forget.
  using Waiter = std::function<void(const CloseResult&)>;
  uint64_t WhenClosed(Waiter waiter);
  // The waiter of this handle is not called after this returns, unless its call has begun.
  void Forget(uint64_t handle);

  // For the session alone: Interrupt for an end that comes from its client or from a limit. It changes
  // nothing where a closing is under way. True where it was the first.
  bool BeginClosing(CloseRequest request);

  // For the session alone: it acts on the close request.
  void MarkCloseArrived() { close_arrived_.store(true, std::memory_order_relaxed); }

  // For the session alone, while it is closing: what close_progress says from now on.
  void ShowClosing(CloseResult so_far);

  // For the session alone, in this order, when its socket is closed: records the end; then, the connection
  // being unlisted, calls the waiters.
  void RecordEnd(CloseResult result);
  void TellWaiters();

  // For the session alone, on its thread. From Attach to Detach `target` is signalled through `signals` when
  // something is left for it; both must live until then, and what is posted to the thread in between.
  void Attach(SignalQueue* signals, SignalTarget* target);
  void Detach();
  // Calls OnSignal, if attached.
  void DeliverSignal();
  // The oldest queued messages, until they cost `bytes` or more. `more`: others are left. What is taken
  // counts as waiting until the session takes it off `traffic`: otherwise there would seem to be room while
  // it is on its way to the kernel. So does the Outbox::kOverhead of each message in the budget.
  std::vector<OutboundMessage> TakeOutbox(size_t bytes, bool* more);
  // Whether a message was refused as kFull, or as kNodeFull while others waited for this client. The session
  // is signalled at the first one, and asks LacksRoom.
  bool refused() const { return refused_bytes_.load(std::memory_order_relaxed) != 0; }
  // Whether there is still no room for the message that was refused last, which for kNodeFull there is when
  // nothing waits any more. Where there is, it is forgotten.
  bool LacksRoom();

  // Written by the session, read by anybody; of the send queue, Send adds to it.
  struct Traffic {
    Counter received_messages;
    Counter received_bytes;  // payload
    Counter sent_messages;   // framed; CloseResult.dropped_messages tells how many of them never left
    Counter sent_bytes;      // payload
    SharedCounter send_queue_messages;
    SharedCounter send_queue_bytes;
    Counter round_trip_nanoseconds;                            // of the last ping answered; 0: none yet
    std::atomic<SteadyTime> last_receive_time = SteadyTime();  // of anything; unset: nothing came yet
    std::atomic<SteadyTime> last_message_time = SteadyTime();  // of a message; unset: none came yet
  };
  Traffic& traffic() { return traffic_; }
  const Traffic& traffic() const { return traffic_; }

 private:
  friend class Events;

  void Signal();
  SendStatus Judge(size_t cost) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Refuse(SendStatus status, size_t cost) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Takes `request` where it returns true.
  bool Begin(CloseRequest* request);

  struct Waiting {
    uint64_t handle;
    Waiter waiter;
  };

  const PackedInfo info_;
  const SendLimits limits_;

  std::atomic<ConnectionState> state_ = ConnectionState::kOpen;
  std::atomic<bool> close_arrived_ = false;
  std::atomic<uint32_t> refused_bytes_ = 0;  // what the message that was refused last would count; 0: none
  // What the events have told of it; theirs, under their lock.
  enum class Told : uint8_t { kNothing, kOpen, kClosing, kClosed };
  Told told_ = Told::kNothing;
  std::stop_source stop_;
  Traffic traffic_;

  // Boxed: most connections are open, and an open one has neither a request nor a result nor a waiter.
  struct Closing final : InSlab<Closing> {
    explicit Closing(CloseRequest why) : request(std::move(why)) {}
    CloseRequest request;
    CloseResult result;
    bool ended = false;  // `result` is final
    bool told = false;   // waiters have been called; later ones are called at once
  };
  mutable Mutex mu_;
  std::unique_ptr<Closing> closing_ ABSL_GUARDED_BY(mu_);
  AttributesPointer attributes_ ABSL_GUARDED_BY(mu_);
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mu_);
  uint64_t last_handle_ ABSL_GUARDED_BY(mu_) = 0;
  std::unique_ptr<Outbox> outbox_ ABSL_GUARDED_BY(mu_);  // null: empty
  SignalQueue* signals_ ABSL_GUARDED_BY(mu_) = nullptr;  // null: no session is attached
  bool signalled_ ABSL_GUARDED_BY(mu_) = false;          // it is in `signals_`

  SignalTarget* target_ = nullptr;  // the session's thread alone; null: not attached
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_H_
