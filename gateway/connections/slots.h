// Limits the number of objects of one kind, such as client sockets.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_SLOTS_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_SLOTS_H_

#include <atomic>
#include <cstddef>
#include <utility>

namespace drawbridge {

class Slots;

// One taken slot, returned when it is destroyed or released. Not thread-safe; movable. May be empty.
class Slot {
 public:
  Slot() = default;
  explicit Slot(Slots* slots) : slots_(slots) {}
  Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
  Slot& operator=(Slot&& other) noexcept {
    Release();
    slots_ = std::exchange(other.slots_, nullptr);
    return *this;
  }
  ~Slot() { Release(); }

  explicit operator bool() const { return slots_ != nullptr; }
  inline void Release();

 private:
  Slots* slots_ = nullptr;
};

// Thread-safe. Must outlive its slots.
class Slots {
 public:
  explicit Slots(size_t capacity) : capacity_(capacity) {}

  size_t capacity() const { return capacity_.load(std::memory_order_relaxed); }
  // Revokes no slot: where more than `capacity` are taken, Take returns empty slots until enough are
  // returned.
  void set_capacity(size_t capacity) { capacity_.store(capacity, std::memory_order_relaxed); }
  size_t taken() const { return taken_.load(std::memory_order_relaxed); }

  // Returns an empty slot where none is free.
  Slot Take() {
    if (taken_.fetch_add(1, std::memory_order_relaxed) < capacity()) return Slot(this);
    taken_.fetch_sub(1, std::memory_order_relaxed);
    return Slot();
  }

 private:
  friend class Slot;
  std::atomic<size_t> capacity_;
  std::atomic<size_t> taken_ = 0;
};

void Slot::Release() {
  if (slots_ != nullptr) std::exchange(slots_, nullptr)->taken_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_SLOTS_H_
