// Raw DEFLATE (RFC 1951) for one whole WebSocket message at a time, as RFC 7692 frames it.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_ZLIB_STREAM_H_
#define DRAWBRIDGE_GATEWAY_SESSION_ZLIB_STREAM_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct z_stream_s;  // NOLINT(readability-identifier-naming): zlib's

namespace drawbridge {

// The parameters of a compressor.
struct DeflateShape {
  int window_bits;
  int level;
  int memory_level;

  bool operator==(const DeflateShape&) const = default;
};

// Neither class is thread-safe; no call blocks. Both throw std::bad_alloc.

class Deflater {
 public:
  // Takes 2^(window_bits + 2) + 2^(memory_level + 9) bytes and a few thousand more.
  explicit Deflater(const DeflateShape& shape);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  const DeflateShape& shape() const { return shape_; }

  // The room that Compress needs after the result (section 7.2.1).
  static constexpr size_t kTail = 4;

  // Compresses a message of at most kMostBytes into `room` and returns the size, at least 1. Returns nullopt
  // if the message does not fit into `room` with the tail, or is empty: for an empty message after a flush,
  // zlib writes nothing, not even a tail. With `keep_context` the next message may refer to this one, unless
  // this call returned nullopt, since the peer does not receive it compressed then.
  std::optional<size_t> Compress(std::string_view message, std::span<char> room, bool keep_context);
  static constexpr size_t kMostBytes = size_t{1} << 30;

 private:
  const DeflateShape shape_;
  const std::unique_ptr<z_stream_s> stream_;
};

class Inflater {
 public:
  enum class Status {
    kOk,
    kTooBig,   // the result would be over the limit
    kCorrupt,  // not DEFLATE, or the data does not end with the message
  };
  struct Result {
    Status status;
    std::string_view message;  // kOk: in `scratch` where it fits, else in `spill`
  };

  // Takes 7 KiB, and the window once it holds data.
  explicit Inflater(int window_bits);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Inflates the payload of a message (section 7.2.2) in steps of the size of `scratch`, and stops at the
  // first one over `limit`. A payload over kMostBytes is kTooBig. `scratch` must not be empty, `spill` must
  // be. Without `keep_context` the message may not refer to earlier ones. The first call after a failure must
  // be without it.
  Result Inflate(std::string_view payload, size_t limit, std::span<char> scratch, std::string& spill,
                 bool keep_context);
  static constexpr size_t kMostBytes = size_t{1} << 31;

 private:
  class Output;
  enum class Fed { kAll, kEnded, kTooBig, kCorrupt };
  Fed Feed(std::string_view input, Output& output);
  bool TakesTail(Output& output);

  const std::unique_ptr<z_stream_s> stream_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_ZLIB_STREAM_H_
