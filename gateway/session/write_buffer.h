// Bytes on their way out, gathered until the end of a wake-up.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_WRITE_BUFFER_H_
#define DRAWBRIDGE_GATEWAY_SESSION_WRITE_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/connections/receipt.h"

namespace drawbridge {

// A std::string without its zeroing and its terminator: one check a frame is all that the message path pays.
// Not thread-safe.
class WriteBuffer {
 public:
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_.get(), size_}; }

  // Room for `count` more bytes, which the caller fills in.
  char* Extend(size_t count) {
    if (capacity_ - size_ < count) Grow(count);
    char* const end = bytes_.get() + size_;
    size_ += count;
    return end;
  }

  // Gives back what is behind the first `size` bytes, at most all.
  void Truncate(size_t size) { size_ = size; }

  // Somebody wants to know when all up to here has gone.
  struct Mark {
    size_t end;
    Receipt receipt;
  };
  void AddMark(Receipt receipt) { marks_.push_back({size_, std::move(receipt)}); }
  std::span<Mark> marks() { return marks_; }

  // Forgets the bytes, and their memory too where one big message took a lot.
  void Clear() {
    size_ = 0;
    if (!marks_.empty()) marks_.clear();
    if (capacity_ > kKept) {
      bytes_.reset();
      capacity_ = 0;
    }
  }

 private:
  static constexpr size_t kKept = 256 * 1024;

  void Grow(size_t count) {
    const size_t capacity = std::max({size_ + count, 2 * capacity_, size_t{4096}});
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy_n(bytes_.get(), size_, bytes.get());
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
  std::vector<Mark> marks_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_WRITE_BUFFER_H_
