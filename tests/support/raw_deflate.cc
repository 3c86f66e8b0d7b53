#include "tests/support/raw_deflate.h"

#include <array>
#include <stdexcept>

namespace drawbridge {
namespace {

constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

void SetInput(z_stream& stream, std::string_view input) {
  // zlib does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
}

void Check(int result) {
  if (result != Z_OK) throw std::runtime_error("zlib: " + std::to_string(result));
}

}  // namespace

RawDeflater::RawDeflater(int window_bits, int level) {
  Check(deflateInit2(stream_.get(), level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY));
}

RawDeflater::~RawDeflater() { deflateEnd(stream_.get()); }

void RawDeflater::Reset() { deflateReset(stream_.get()); }

std::string RawDeflater::Flush(std::string_view input, int flush) {
  std::string output;
  SetInput(*stream_, input);
  std::array<char, 16384> step;
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(step.data());
    stream_->avail_out = static_cast<uInt>(step.size());
    deflate(stream_.get(), flush);
    output.append(step.data(), step.size() - stream_->avail_out);
  } while (stream_->avail_out == 0);
  return output;
}

std::string RawDeflater::Compress(std::string_view message) {
  // zlib gives nothing for an empty flush after a flush. RFC 7692, section 7.2.3.6 defines the payload for
  // it.
  if (message.empty()) return std::string(1, '\0');
  std::string payload = Flush(message, Z_SYNC_FLUSH);
  payload.resize(payload.size() - kTail.size());
  return payload;
}

RawInflater::RawInflater(int window_bits) { Check(inflateInit2(stream_.get(), -window_bits)); }

RawInflater::~RawInflater() { inflateEnd(stream_.get()); }

void RawInflater::Reset() { inflateReset(stream_.get()); }

std::optional<std::string> RawInflater::Inflate(std::string_view payload) {
  const std::string input = std::string(payload).append(kTail);
  SetInput(*stream_, input);
  std::string message;
  while (true) {
    std::array<char, 100> step;
    stream_->next_out = reinterpret_cast<Bytef*>(step.data());
    stream_->avail_out = static_cast<uInt>(step.size());
    const int result = inflate(stream_.get(), Z_SYNC_FLUSH);
    message.append(step.data(), step.size() - stream_->avail_out);
    if (result == Z_BUF_ERROR) return message;
    if (result != Z_OK) return std::nullopt;
    if (stream_->avail_in == 0 && stream_->avail_out != 0) return message;
  }
}

std::string Deflated(std::string_view message) { return RawDeflater().Compress(message); }

std::string DeflateBomb(size_t megabytes) {
  // A full flush resets the dictionary, so its output can be repeated.
  const std::string piece = RawDeflater(15, 9).Flush(std::string(1 << 20, '\0'), Z_FULL_FLUSH);
  std::string bomb;
  for (size_t i = 0; i < megabytes; ++i) bomb += piece;
  bomb.resize(bomb.size() - kTail.size());
  return bomb;
}

}  // namespace drawbridge
