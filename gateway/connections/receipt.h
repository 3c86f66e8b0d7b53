// Reports to the sender of a message whether it was written.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_RECEIPT_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_RECEIPT_H_

#include <functional>
#include <utility>

namespace drawbridge {

// Calls its function once: with true when the kernel has accepted the whole message, with false when the
// receipt is destroyed before that. The call is usually on the session's thread, so the function must not
// block. Not thread-safe; movable. May be empty, which reports nothing.
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
  // Drops the function without a call.
  void Forget() { tell_ = nullptr; }

 private:
  void Tell(bool written) {
    if (const auto tell = std::exchange(tell_, nullptr)) tell(written);
  }

  std::function<void(bool)> tell_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_RECEIPT_H_
