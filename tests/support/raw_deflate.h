// The other end of permessage-deflate (RFC 7692), on zlib alone and apart from the gateway's own code.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_RAW_DEFLATE_H_
#define DRAWBRIDGE_TESTS_SUPPORT_RAW_DEFLATE_H_

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

// Compresses messages; each may refer to those before, until Reset. Not thread-safe.
class RawDeflater {
 public:
  explicit RawDeflater(int window_bits = 15, int level = 6);
  ~RawDeflater();
  RawDeflater(const RawDeflater&) = delete;
  RawDeflater& operator=(const RawDeflater&) = delete;

  // The payload of a compressed message: flushed, without the tail.
  std::string Compress(std::string_view message);
  // What has been compressed up to a flush of zlib's, with all of it.
  std::string Flush(std::string_view input, int flush);
  void Reset();

 private:
  const std::unique_ptr<z_stream> stream_ = std::make_unique<z_stream>();
};

// Inflates messages, in steps so small that the window is all that is remembered. Not thread-safe.
class RawInflater {
 public:
  explicit RawInflater(int window_bits = 15);
  ~RawInflater();
  RawInflater(const RawInflater&) = delete;
  RawInflater& operator=(const RawInflater&) = delete;

  // nullopt: it is corrupt.
  std::optional<std::string> Inflate(std::string_view payload);
  void Reset();

 private:
  const std::unique_ptr<z_stream> stream_ = std::make_unique<z_stream>();
};

// Without a context.
std::string Deflated(std::string_view message);
// The payload of a message that inflates to so many MiB of zeros, at a thousandth of their size.
std::string DeflateBomb(size_t megabytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_RAW_DEFLATE_H_
