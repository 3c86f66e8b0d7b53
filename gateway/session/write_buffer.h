// What is on its way out to a client, gathered until the end of a wake-up.
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

// A std::string without its zeroing and its terminator: one check a frame is all that the message path pays.
// Large payloads that are shared with other clients are not copied but lie beside it. Not thread-safe.
class WriteBuffer {
 public:
  bool empty() const { return size_ == 0; }
  // Everything but what lies beside it.
  std::string_view view() const { return {bytes_.get(), size_}; }
  // Of all that is to be sent, what lies beside it included.
  size_t size() const { return size_ + beside_; }

  // Room for `count` more bytes, which the caller fills in.
  char* Extend(size_t count) {
    if (capacity_ - size_ < count) Grow(count);
    char* const end = bytes_.get() + size_;
    size_ += count;
    return end;
  }

  // Gives back what is behind the first `size` bytes, at most all.
  void Truncate(size_t size) { size_ = size; }

  // One message that came through the outbox, whose payload is shared.
  struct Mark {
    size_t end;                                  // in view(): of its frame, or of the header alone
    bool beside;                                 // the payload is sent behind `end` and is not in view()
    std::shared_ptr<const std::string> payload;  // not compressed
    Receipt receipt;                             // for when all up to here has gone
  };
  // Marks what was appended last: the whole frame, or with `beside` its header.
  void AddMark(std::shared_ptr<const std::string> payload, Receipt receipt, bool beside) {
    if (beside) beside_ += payload->size();
    marks_.push_back({size_, beside, std::move(payload), std::move(receipt)});
  }
  // In the order of view().
  std::span<Mark> marks() { return marks_; }

  // The pieces to be sent one after the other, as many as there is `room` for. Valid until the next change.
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

  // Forgets all of it, and the memory too where one big message took a lot.
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
