// Tells whoever sent a message what became of it.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_RECEIPT_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_RECEIPT_H_

#include <functional>
#include <utility>

namespace drawbridge {

// Calls its function once: with true when the kernel has the whole message, with false when it never will,
// which is when the receipt dies. Mostly on the thread of the session; it must not block. Not thread-safe;
// movable. May be empty: nobody asks.
class Receipt {
 public:
  Receipt() = default;
  explicit Receipt(std::function<void(bool written)> tell) : tell_(std::move(tell)) {}
  Receipt(Receipt&& other) noexcept : tell_(std::exchange(other.tell_, nullptr)) {}
  Receipt& operator=(Receipt&& other) noexcept {
    Tell(false);
    tell_ = std::exchange(other.tell_, nullptr);
    return *this;
  }
  ~Receipt() { Tell(false); }

  explicit operator bool() const { return tell_ != nullptr; }
  void Written() { Tell(true); }
  // Nobody asks any more.
  void Forget() { tell_ = nullptr; }

 private:
  void Tell(bool written) {
    if (const auto tell = std::exchange(tell_, nullptr)) tell(written);
  }

  std::function<void(bool)> tell_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_RECEIPT_H_
