// Counters that any thread may read while they change.
#ifndef DRAWBRIDGE_GATEWAY_BASE_COUNTER_H_
#define DRAWBRIDGE_GATEWAY_BASE_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace drawbridge {

// One thread writes, any thread reads. Uses no locked instruction.
class Counter {
 public:
  void Add(uint64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void Set(uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  uint64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

// Thread-safe: any thread adds, clears and reads.
class SharedCounter {
 public:
  void Add(int64_t n) { value_.fetch_add(static_cast<uint64_t>(n), std::memory_order_relaxed); }
  void Clear() { value_.store(0, std::memory_order_relaxed); }
  uint64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_BASE_COUNTER_H_
