// The client side of permessage-deflate (RFC 7692), on zlib alone and independent of the gateway's code.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_RAW_DEFLATE_H_
#define DRAWBRIDGE_TESTS_SUPPORT_RAW_DEFLATE_H_

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace drawbridge {

// Compresses messages. Each may refer to earlier ones, until Reset. Not thread-safe.
class RawDeflater {
 public:
  explicit RawDeflater(int window_bits = 15, int level = 6);
  ~RawDeflater();
  RawDeflater(const RawDeflater&) = delete;
  RawDeflater& operator=(const RawDeflater&) = delete;

  // Returns the payload of a compressed message: flushed, without the tail of four bytes.
  std::string Compress(std::string_view message);
  // Returns the complete output of zlib for `input` with the given flush mode.
  std::string Flush(std::string_view input, int flush);
  void Reset();

 private:
  const std::unique_ptr<z_stream> stream_ = std::make_unique<z_stream>();
};

// Inflates messages, in steps so small that zlib refers to its window only. Not thread-safe.
class RawInflater {
 public:
  explicit RawInflater(int window_bits = 15);
  ~RawInflater();
  RawInflater(const RawInflater&) = delete;
  RawInflater& operator=(const RawInflater&) = delete;

  // Returns nullopt for corrupt data.
  std::optional<std::string> Inflate(std::string_view payload);
  void Reset();

 private:
  const std::unique_ptr<z_stream> stream_ = std::make_unique<z_stream>();
};

// Returns the payload of a message that is compressed without a context.
std::string Deflated(std::string_view message);
// Returns the payload of a message that inflates to `megabytes` MiB of zeros. It has about a thousandth of
// that size.
std::string DeflateBomb(size_t megabytes);

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_RAW_DEFLATE_H_
