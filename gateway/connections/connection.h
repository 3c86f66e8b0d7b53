// The object by which the rest of the process refers to a client: its facts, its counters and ways to end it.
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

// Implemented by the session. OnSignal is called on the session's thread when there is something for the
// session to process: a message, a changed expiry, or a request that shortens the current closing.
class SignalTarget {
 public:
  virtual void OnSignal() = 0;

 protected:
  ~SignalTarget() = default;
};

enum class SendStatus {
  kQueued,
  kClosing,   // the connection is closing or closed
  kFull,      // the message would exceed SendLimits::queue_bytes together with those that wait
  kTooLarge,  // the message alone exceeds SendLimits::queue_bytes
  kNodeFull,  // the message would exceed the budget for the queues of all clients
};

// Limits for data that waits to be sent to a client.
struct SendLimits {
  uint32_t queue_bytes = 1 << 20;  // in its outbox and its send queue together
  SendBudget* budget = nullptr;    // of all clients; must outlive the last Send; null: no limit
};

// Shared by the registry, the control plane and the session. Lives as long as one of them refers to it, so it
// can outlive its session. Thread-safe, except where noted; no function waits for the network or for the
// session.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(const ConnectionInfo& info, SendLimits limits = {},
                      AttributesPointer attributes = nullptr)
      : info_(info), limits_(limits), attributes_(std::move(attributes)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Fixed when the upgrade is accepted. The texts are valid as long as the connection.
  ConnectionInfo info() const { return info_.view(); }
  // Prefetches this object into the CPU cache, for a caller that is about to read a connection not used for
  // long.
  void Prefetch() const {
    for (size_t at = 0; at < sizeof(*this); at += 64)
      __builtin_prefetch(reinterpret_cast<const char*>(this) + at);
  }
  // Prefetches the texts of info(): as many bytes as most clients use.
  void PrefetchTexts() const { info_.Prefetch(); }
  ConnectionState state() const { return state_.load(std::memory_order_acquire); }

  // Ends the connection. The closing is irrevocable when this returns. True if this request began the
  // closing. A later call joins the closing and can only shorten it: `drop_pending` and `abort` take effect,
  // and its grace counts from that call, so the earliest deadline wins. Cause, code, reason and actor stay
  // those of the first request. Has no effect once the connection is closed.
  bool Interrupt(CloseRequest request);

  // Queues one message behind all earlier ones. `message` is moved from only where kQueued is returned. The
  // queue never exceeds SendLimits::queue_bytes, where a message counts Outbox::CostOf. The session closes a
  // client as too slow if its queue stays full for too long (LacksRoom).
  [[nodiscard]] SendStatus Send(OutboundMessage&& message);
  // The largest payload that Send can accept, in bytes.
  size_t max_send_bytes() const { return limits_.queue_bytes - Outbox::kOverhead; }

  // The request that begins the closing requests the stop. A stop callback runs on the thread of that
  // request, so it must not block; it may only post.
  std::stop_token stop_token() const { return stop_.get_token(); }

  // Whether the session has received the close request, which is posted to the session's thread.
  bool close_arrived() const { return close_arrived_.load(std::memory_order_relaxed); }

  // The first close request, shortened by later ones. nullopt while open.
  std::optional<CloseRequest> close_request() const;
  // How the connection ended. nullopt until it has.
  std::optional<CloseResult> close_result() const;
  // Which close frames were sent and received so far. The other members are meaningless until the connection
  // has ended.
  CloseResult close_progress() const;

  // The current attributes. Null if it began without and they were never changed.
  AttributesPointer attributes() const;
  // For Registry::Update only, which keeps the index consistent. Replaces the attributes by `next`. Returns
  // false and changes nothing where they are no longer `expected` or the connection is no longer open.
  bool ReplaceAttributes(const AttributesPointer& expected, AttributesPointer next);

  // Calls `waiter` once, after the socket is closed and the connection is unlisted: on the session's thread,
  // or on the calling thread during this call where that has already happened. `waiter` must not block.
  // Returns a handle for Forget; 0 where `waiter` was called during this call.
  using Waiter = std::function<void(const CloseResult&)>;
  uint64_t WhenClosed(Waiter waiter);
  // The waiter of this handle is not called after this returns, unless its call has already begun.
  void Forget(uint64_t handle);

  // For the session only: like Interrupt, for a closing that the client or a limit causes. Returns false and
  // changes nothing where a closing has begun already.
  bool BeginClosing(CloseRequest request);

  // For the session only: it has received the close request and acts on it.
  void MarkCloseArrived() { close_arrived_.store(true, std::memory_order_relaxed); }

  // For the session only, while closing: sets the result of close_progress.
  void ShowClosing(CloseResult so_far);

  // For the session only, once its socket is closed. It calls RecordEnd, unlists the connection, then calls
  // TellWaiters, which calls the waiters.
  void RecordEnd(CloseResult result);
  void TellWaiters();

  // For the session only, on its thread. From Attach to Detach, `target` is signalled through `signals` when
  // there is something for it to process. `target` must live until Detach. `signals` must also outlive calls
  // of other threads that are in progress then.
  void Attach(SignalQueue* signals, SignalTarget* target);
  void Detach();
  // Calls OnSignal if a target is attached.
  void DeliverSignal();
  // Takes the oldest queued messages, until they cost `bytes` or more. Sets `more` to whether others are
  // left. The messages taken stay counted in the send queue of traffic(), and the Outbox::kOverhead of each
  // in the budget, until the session subtracts them. Otherwise Send would find room before the kernel has
  // accepted the messages.
  std::vector<OutboundMessage> TakeOutbox(size_t bytes, bool* more);
  // Whether a message was refused as kFull, or as kNodeFull while others waited for this client. The first
  // refusal signals the session, which calls LacksRoom.
  bool refused() const { return refused_bytes_.load(std::memory_order_relaxed) != 0; }
  // Whether there is still no room for the last refused message. After kNodeFull there is room once nothing
  // waits for this client. Where there is room, resets refused().
  bool LacksRoom();

  // Written by the session, read by any thread. Send also adds to the send queue counters.
  struct Traffic {
    Counter received_messages;
    Counter received_bytes;  // payload
    Counter sent_messages;   // framed; CloseResult.dropped_messages counts those not completely written
    Counter sent_bytes;      // payload
    SharedCounter send_queue_messages;
    SharedCounter send_queue_bytes;
    Counter round_trip_nanoseconds;                            // of the last answered ping; 0: none yet
    std::atomic<SteadyTime> last_receive_time = SteadyTime();  // of any data; unset: none yet
    std::atomic<SteadyTime> last_message_time = SteadyTime();  // of a message; unset: none yet
  };
  Traffic& traffic() { return traffic_; }
  const Traffic& traffic() const { return traffic_; }

 private:
  friend class Events;

  void Signal();
  SendStatus Judge(size_t cost) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Refuse(SendStatus status, size_t cost) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Begins the closing, unless it has begun. Moves from `request` only where it returns true.
  bool Begin(CloseRequest* request);

  struct Waiting {
    uint64_t handle;
    Waiter waiter;
  };

  const PackedInfo info_;
  const SendLimits limits_;

  std::atomic<ConnectionState> state_ = ConnectionState::kOpen;
  std::atomic<bool> close_arrived_ = false;
  std::atomic<uint32_t> refused_bytes_ = 0;  // cost of the last refused message; 0: none
  // The state of this connection in the recorded events. Owned by Events and guarded by its mutex.
  enum class Told : uint8_t { kNothing, kOpen, kClosing, kClosed };
  Told told_ = Told::kNothing;
  std::stop_source stop_;
  Traffic traffic_;

  // Allocated only for a closing, since most connections are open and need neither a request nor a result.
  struct Closing final : InSlab<Closing> {
    explicit Closing(CloseRequest why) : request(std::move(why)) {}
    CloseRequest request;
    CloseResult result;
    bool ended = false;  // `result` is final
    bool told = false;   // waiters were called; later ones are called immediately
  };
  mutable Mutex mu_;
  std::unique_ptr<Closing> closing_ ABSL_GUARDED_BY(mu_);
  AttributesPointer attributes_ ABSL_GUARDED_BY(mu_);
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mu_);
  uint64_t last_handle_ ABSL_GUARDED_BY(mu_) = 0;
  std::unique_ptr<Outbox> outbox_ ABSL_GUARDED_BY(mu_);  // null: empty
  SignalQueue* signals_ ABSL_GUARDED_BY(mu_) = nullptr;  // null: no session is attached
  bool signalled_ ABSL_GUARDED_BY(mu_) = false;          // this connection is in `signals_`

  SignalTarget* target_ = nullptr;  // used only by the session's thread; null: not attached
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_H_
