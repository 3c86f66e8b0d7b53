// Limits the total memory of the send queues of all clients of a node.
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

// Thread-safe; takes no lock. The budget counts:
// - the payload of a message from the control API, once for all clients that wait for it;
// - Outbox::kOverhead for each message and each client;
// - data of one client: echoes, messages compressed for it, up to 64 KiB that TLS has encrypted.
// An I/O thread reports in steps of Share::kStep and every 100 ms. Until then the sum may be off by kStep
// per thread.
class SendBudget {
 public:
  // `limit`: bytes; 0: no limit.
  explicit SendBudget(size_t limit = 0) : state_(std::make_shared<State>(limit)) {}
  SendBudget(const SendBudget&) = delete;
  SendBudget& operator=(const SendBudget&) = delete;

  size_t limit() const { return state_->limit.load(std::memory_order_relaxed); }
  // Drops nothing that is queued: where more than `limit` is used, HasRoom returns false until enough is
  // sent.
  void set_limit(size_t limit) { state_->limit.store(limit, std::memory_order_relaxed); }
  size_t used() const {
    return static_cast<size_t>(std::max<int64_t>(state_->used.load(std::memory_order_relaxed), 0));
  }

  void Add(int64_t bytes) { state_->Add(bytes); }

  // Makes a shared payload that counts until its last reference is gone. It may outlive the budget.
  std::shared_ptr<const std::string> Hold(std::string bytes) {
    const auto held = std::make_shared<Held>(std::move(bytes), state_);
    return {held, &held->bytes};
  }

  // Whether one more message, whose payload is counted already, may wait for a client. The last eighth of the
  // budget is reserved for clients for which nothing waits, so that clients that do not read cannot block
  // messages to clients that do.
  bool HasRoom(size_t overhead, bool nothing_waits) const {
    const size_t bound = limit();
    return bound == 0 || used() + overhead <= bound - (nothing_waits ? 0 : bound / 8);
  }

  // Counts a refused message: the budget of the node was used up (`by_node`), or the client's own queue was
  // full.
  void CountRefused(bool by_node) {
    (by_node ? state_->refused_by_node : state_->refused_by_client).fetch_add(1, std::memory_order_relaxed);
  }
  uint64_t refused_by_client() const { return state_->refused_by_client.load(std::memory_order_relaxed); }
  uint64_t refused_by_node() const { return state_->refused_by_node.load(std::memory_order_relaxed); }

  // Collects the changes of one thread, so that it rarely writes to the shared counter. Not thread-safe.
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
    // Briefly negative where a thread subtracts bytes that another thread has added but not reported yet.
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
