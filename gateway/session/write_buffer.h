// The output for a client, gathered until the end of a wake-up.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_WRITE_BUFFER_H_
#define DRAWBRIDGE_GATEWAY_SESSION_WRITE_BUFFER_H_

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/connections/receipt.h"

namespace drawbridge {

// Like a std::string, without its zeroing and its terminator: the message path pays one check for each frame.
// Large payloads that other clients share are not copied; they stay outside the buffer ("beside" it). Not
// thread-safe.
class WriteBuffer {
 public:
  bool empty() const { return size_ == 0; }
  // Everything except the payloads beside it.
  std::string_view view() const { return {bytes_.get(), size_}; }
  // Of all bytes to be sent, including the payloads beside it.
  size_t size() const { return size_ + beside_; }

  // Appends `count` bytes, which the caller must fill in.
  char* Extend(size_t count) {
    if (capacity_ - size_ < count) Grow(count);
    char* const end = bytes_.get() + size_;
    size_ += count;
    return end;
  }

  // Removes what follows the first `size` bytes, of which there must be as many.
  void Truncate(size_t size) { size_ = size; }

  // A message from the outbox, whose payload is shared.
  struct Mark {
    size_t end;                                  // in view(): of its frame, or of its header if `beside`
    bool beside;                                 // the payload is sent after `end` and is not in view()
    std::shared_ptr<const std::string> payload;  // not compressed
    Receipt receipt;                             // used once all up to here is sent
  };
  // Marks the frame that was appended last, or with `beside` the header.
  void AddMark(std::shared_ptr<const std::string> payload, Receipt receipt, bool beside) {
    if (beside) beside_ += payload->size();
    marks_.push_back({size_, beside, std::move(payload), std::move(receipt)});
  }
  // In the order of view().
  std::span<Mark> marks() { return marks_; }

  // The pieces to be sent in order, as many as `room` holds. Valid until the next change.
  std::span<const iovec> Gather(std::span<iovec> room) const {
    size_t count = 0;
    size_t begin = 0;
    const auto add = [&](const char* bytes, size_t size) {
      if (count < room.size() && size != 0) room[count++] = {const_cast<char*>(bytes), size};
    };
    for (const Mark& mark : marks_) {
      if (!mark.beside) continue;
      add(bytes_.get() + begin, mark.end - begin);
      add(mark.payload->data(), mark.payload->size());
      begin = mark.end;
    }
    add(bytes_.get() + begin, size_ - begin);
    return room.first(count);
  }

  // Removes everything, and frees the memory if a big message took much of it.
  void Clear() {
    size_ = 0;
    beside_ = 0;
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
  size_t beside_ = 0;
  size_t capacity_ = 0;
  std::vector<Mark> marks_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_WRITE_BUFFER_H_
