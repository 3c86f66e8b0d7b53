// The compressors that the clients of an I/O thread share, as long as no message refers to an earlier one.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_POOL_H_
#define DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_POOL_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "gateway/session/deflate_options.h"
#include "gateway/session/zlib_stream.h"

namespace drawbridge {

// Not thread-safe. Makes what it is asked for at the first time and keeps it: one inflater, and a deflater
// for each window agreed on, of which there are seven.
class DeflatePool {
 public:
  // Of the largest window, which reads what was compressed with a smaller one.
  Inflater& inflater() {
    if (inflater_ == nullptr) inflater_ = std::make_unique<Inflater>(kMaxDeflateWindowBits);
    return *inflater_;
  }

  Deflater& deflater(const DeflateShape& shape) {
    for (const auto& deflater : deflaters_) {
      if (deflater->shape() == shape) return *deflater;
    }
    return *deflaters_.emplace_back(std::make_unique<Deflater>(shape));
  }

  // Where messages are inflated: free again once the message there is handled.
  std::span<char> scratch() {
    if (scratch_ == nullptr) scratch_ = std::make_unique_for_overwrite<char[]>(kScratchSize);
    return {scratch_.get(), kScratchSize};
  }

 private:
  static constexpr size_t kScratchSize = 64 * 1024;

  std::unique_ptr<Inflater> inflater_;
  std::vector<std::unique_ptr<Deflater>> deflaters_;
  std::unique_ptr<char[]> scratch_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_POOL_H_
