// Bounds the memory that the send queues of all clients of a node take together.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_SEND_BUDGET_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_SEND_BUDGET_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace drawbridge {

// Thread-safe; takes no lock. What counts:
// - the payload of a message from the control API, once for all clients that it waits for;
// - Outbox::kOverhead for each message and each client;
// - what is a client's own: echoes, what was compressed for it, up to 64 KiB that TLS has encrypted.
// An I/O thread reports in steps of Share::kStep, so the sum may be wrong by that much for each thread, for
// at most 100 ms.
class SendBudget {
 public:
  // `limit`: bytes; 0: no bound.
  explicit SendBudget(size_t limit = 0) : state_(std::make_shared<State>(limit)) {}
  SendBudget(const SendBudget&) = delete;
  SendBudget& operator=(const SendBudget&) = delete;

  size_t limit() const { return state_->limit.load(std::memory_order_relaxed); }
  // Where more than that is used, it is until enough has been sent.
  void set_limit(size_t limit) { state_->limit.store(limit, std::memory_order_relaxed); }
  size_t used() const {
    return static_cast<size_t>(std::max<int64_t>(state_->used.load(std::memory_order_relaxed), 0));
  }

  void Add(int64_t bytes) { state_->Add(bytes); }

  // The payload of a message, counted for as long as anything refers to it. May outlive the budget.
  std::shared_ptr<const std::string> Hold(std::string bytes) {
    const auto held = std::make_shared<Held>(std::move(bytes), state_);
    return {held, &held->bytes};
  }

  // Whether one message more, whose payload is held already, may wait for a client. The last eighth is for
  // clients that have nothing waiting, so that those that do not read cannot keep messages from those that
  // do.
  bool HasRoom(size_t overhead, bool nothing_waits) const {
    const size_t bound = limit();
    return bound == 0 || used() + overhead <= bound - (nothing_waits ? 0 : bound / 8);
  }

  // Messages for a client that were not taken, since its own queue was full or the node's together.
  void CountRefused(bool by_node) {
    (by_node ? state_->refused_by_node : state_->refused_by_client).fetch_add(1, std::memory_order_relaxed);
  }
  uint64_t refused_by_client() const { return state_->refused_by_client.load(std::memory_order_relaxed); }
  uint64_t refused_by_node() const { return state_->refused_by_node.load(std::memory_order_relaxed); }

  // What one thread adds and takes away all the time. Not thread-safe.
  class Share {
   public:
    static constexpr int64_t kStep = 16 * 1024;

    // `budget` must outlive the share.
    explicit Share(SendBudget* budget) : budget_(*budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { Report(); }

    void Add(int64_t bytes) {
      unreported_ += bytes;
      if (unreported_ >= kStep || unreported_ <= -kStep) Report();
    }
    void Report() {
      if (unreported_ != 0) budget_.Add(std::exchange(unreported_, 0));
    }

   private:
    SendBudget& budget_;
    int64_t unreported_ = 0;
  };

 private:
  struct State {
    explicit State(size_t bound) : limit(bound) {}
    void Add(int64_t bytes) { used.fetch_add(bytes, std::memory_order_relaxed); }

    std::atomic<size_t> limit;
    std::atomic<uint64_t> refused_by_client = 0;
    std::atomic<uint64_t> refused_by_node = 0;
    // For moments below 0: what one thread has taken away, another may not have reported yet.
    alignas(64) std::atomic<int64_t> used = 0;
  };
  struct Held {
    Held(std::string payload, std::shared_ptr<State> in) : bytes(std::move(payload)), state(std::move(in)) {
      state->Add(static_cast<int64_t>(bytes.size()));
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { state->Add(-static_cast<int64_t>(bytes.size())); }

    const std::string bytes;
    const std::shared_ptr<State> state;
  };

  const std::shared_ptr<State> state_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_SEND_BUDGET_H_
