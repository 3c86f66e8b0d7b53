#include "gateway/session/zlib_stream.h"

#define ZLIB_CONST
#include <zlib.h>

#include <new>

namespace drawbridge {
namespace {

// An empty uncompressed block: a sync flush ends with it, and a message omits it.
constexpr std::string_view kEmptyBlock("\x00\x00\xff\xff", Deflater::kTail);

// Uses operator new, as all memory of the gateway does.
void* Allocate(void*, uInt items, uInt size) {
  return ::operator new (size_t{items} * size_t{size}, std::nothrow);
}
void Free(void*, void* memory) { ::operator delete(memory, std::nothrow); }

std::unique_ptr<z_stream> NewStream() {
  auto stream = std::make_unique<z_stream>();
  stream->zalloc = &Allocate;
  stream->zfree = &Free;
  return stream;
}

const Bytef* Bytes(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }
Bytef* Bytes(std::span<char> room) { return reinterpret_cast<Bytef*>(room.data()); }

}  // namespace

Deflater::Deflater(const DeflateShape& shape) : shape_(shape), stream_(NewStream()) {
  // Negative bits: raw DEFLATE.
  if (deflateInit2(stream_.get(), shape.level, Z_DEFLATED, -shape.window_bits, shape.memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Deflater::~Deflater() { deflateEnd(stream_.get()); }

std::optional<size_t> Deflater::Compress(std::string_view message, std::span<char> room, bool keep_context) {
  if (message.empty() || message.size() > kMostBytes || room.size() > kMostBytes + kTail) return std::nullopt;
  stream_->next_in = Bytes(message);
  stream_->avail_in = static_cast<uInt>(message.size());
  stream_->next_out = Bytes(room);
  stream_->avail_out = static_cast<uInt>(room.size());
  const int result = deflate(stream_.get(), Z_SYNC_FLUSH);
  const std::string_view written(room.data(), room.size() - stream_->avail_out);
  // A full room may end with the tail by chance, while more output waits inside zlib.
  const bool flushed = result == Z_OK && stream_->avail_in == 0 && stream_->avail_out != 0;
  const bool fits = flushed && written.ends_with(kEmptyBlock);
  if (!fits || !keep_context) deflateReset(stream_.get());
  if (!fits) return std::nullopt;
  return written.size() - kTail;
}

// Stores inflated bytes in the scratch space, and appends it to the spill when it is full.
class Inflater::Output {
 public:
  Output(std::span<char> scratch, std::string& spill, size_t limit)
      : scratch_(scratch), spill_(spill), limit_(limit) {}

  std::span<char> Room() {
    if (used_ == scratch_.size()) Spill();
    return scratch_.subspan(used_);
  }
  // False if the result is over the limit.
  [[nodiscard]] bool Fill(size_t count) {
    used_ += count;
    return size() <= limit_;
  }
  size_t size() const { return spill_.size() + used_; }
  std::string_view Finish() {
    if (spill_.empty()) return {scratch_.data(), used_};
    Spill();
    return spill_;
  }

 private:
  void Spill() {
    spill_.append(scratch_.data(), used_);
    used_ = 0;
  }

  const std::span<char> scratch_;
  std::string& spill_;
  const size_t limit_;
  size_t used_ = 0;
};

Inflater::Inflater(int window_bits) : stream_(NewStream()) {
  if (inflateInit2(stream_.get(), -window_bits) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() { inflateEnd(stream_.get()); }

Inflater::Result Inflater::Inflate(std::string_view payload, size_t limit, std::span<char> scratch,
                                   std::string& spill, bool keep_context) {
  if (!keep_context) inflateReset(stream_.get());
  // A compressor does not produce this for an empty message, but some clients may send it.
  if (payload.empty()) return {Status::kOk};
  if (payload.size() > kMostBytes) return {Status::kTooBig};
  Output output(scratch, spill, limit);
  const Fed fed = Feed(payload, output);
  if (fed == Fed::kTooBig) return {Status::kTooBig};
  if (fed == Fed::kCorrupt || (fed == Fed::kAll && !TakesTail(output))) return {Status::kCorrupt};
  return {Status::kOk, output.Finish()};
}

// Whether the omitted tail is an empty block after the message, and not the rest of an unfinished block.
bool Inflater::TakesTail(Output& output) {
  const size_t size = output.size();
  if (Feed(kEmptyBlock, output) != Fed::kAll || output.size() != size) return false;
  // zlib reports by these bits that it stands after a block (128), that this is not the last one (64), and
  // that no bit is left over (0 to 7).
  return (stream_->data_type & 0xff) == 128;
}

// kEnded: `input` ends with a final block. More blocks may follow a final one (section 7.2.3.4), and may
// refer to what precedes it.
Inflater::Fed Inflater::Feed(std::string_view input, Output& output) {
  stream_->next_in = Bytes(input);
  stream_->avail_in = static_cast<uInt>(input.size());
  while (true) {
    const std::span<char> room = output.Room();
    stream_->next_out = Bytes(room);
    stream_->avail_out = static_cast<uInt>(room.size());
    const int result = inflate(stream_.get(), Z_SYNC_FLUSH);
    if (!output.Fill(room.size() - stream_->avail_out)) return Fed::kTooBig;
    switch (result) {
      case Z_OK:
        if (stream_->avail_in == 0 && stream_->avail_out != 0) return Fed::kAll;
        break;
      case Z_BUF_ERROR:  // no progress, since no input is left
        return stream_->avail_in == 0 ? Fed::kAll : Fed::kCorrupt;
      case Z_STREAM_END:
        inflateResetKeep(stream_.get());  // keeps the window
        if (stream_->avail_in == 0) return Fed::kEnded;
        break;
      case Z_MEM_ERROR:
        throw std::bad_alloc();
      default:
        return Fed::kCorrupt;
    }
  }
}

}  // namespace drawbridge
