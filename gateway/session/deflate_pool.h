// The compressors that the clients of an I/O thread share, if no message refers to an earlier one.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_POOL_H_
#define DRAWBRIDGE_GATEWAY_SESSION_DEFLATE_POOL_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "gateway/session/deflate_options.h"
#include "gateway/session/zlib_stream.h"

namespace drawbridge {

// Not thread-safe. Creates each object when it is first needed and keeps it: one inflater, and one deflater
// for each agreed window size, of which there are seven.
class DeflatePool {
 public:
  // Has the largest window, which can also read data that was compressed with a smaller one.
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

  // The buffer for inflated messages. It is free again once the message in it is handled.
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
