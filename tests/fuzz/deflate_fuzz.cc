// Sequences of messages under every agreement on permessage-deflate: zlib alone must read what the gateway
// compresses, and the gateway must read what zlib compresses.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/session/frame.h"
#include "gateway/session/message_deflate.h"
#include "gateway/session/write_buffer.h"
#include "tests/fuzz/chunks.h"
#include "tests/support/raw_deflate.h"

namespace drawbridge {
namespace {

constexpr size_t kMostBytes = 1 << 20;

// Reads values from the front of a fuzzer's input; after its end all are 0.
class Source {
 public:
  explicit Source(std::string_view input) : input_(input) {}

  bool empty() const { return input_.empty(); }
  uint8_t Byte() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(input_.front());
    input_.remove_prefix(1);
    return byte;
  }
  int Between(int low, int high) { return low + Byte() % (high - low + 1); }
  std::string_view Bytes(size_t count) {
    const auto bytes = input_.substr(0, count);
    input_.remove_prefix(bytes.size());
    return bytes;
  }

 private:
  std::string_view input_;
};

// One client: the gateway's code, and zlib on the client's side.
class Client {
 public:
  Client(DeflatePool& pool, const DeflateOptions& options, const DeflateAgreement& agreement)
      : agreement_(agreement),
        deflate_(pool, options, agreement),
        inflater_(agreement.server_window_bits),
        // zlib cannot compress with a window of 2^8 bytes; with 2^9 it refers no further than that allows.
        deflater_(std::max<int>(agreement.client_window_bits, kMinDeflateWindowBits)) {}

  void ExpectSent(std::string_view message) {
    WriteBuffer out;
    deflate_.AppendFrame(out, Opcode::kBinary, message);
    const auto header = ParseFrameHeader(out.view());
    if (!header.has_value() || header->size + header->length != out.view().size()) Broken("not one frame");
    const auto payload = out.view().substr(header->size);
    if (header->reserved == 0) return ExpectSame(payload, message);
    if (header->reserved != kRsv1) Broken("other bits than RSV1");
    if (payload.empty() || payload.size() >= message.size()) Broken("compressed, and not smaller");
    if (!agreement_.server_context_takeover) inflater_.Reset();
    const auto inflated = inflater_.Inflate(payload);
    if (!inflated.has_value()) Broken("zlib cannot inflate it");
    ExpectSame(*inflated, message);
  }

  void ExpectReceived(std::string_view message) {
    if (!agreement_.client_context_takeover) deflater_.Reset();
    const std::string payload = deflater_.Compress(message);
    std::string spill;
    const auto inflated = deflate_.Inflate(payload, kMostBytes, spill);
    if (inflated.status != Inflater::Status::kOk) Broken("it cannot be inflated");
    ExpectSame(inflated.message, message);
  }

 private:
  static void ExpectSame(std::string_view seen, std::string_view message) {
    if (seen != message) Broken("another message");
  }

  const DeflateAgreement agreement_;
  MessageDeflate deflate_;
  RawInflater inflater_;
  RawDeflater deflater_;
};

std::string NextMessage(Source& source, const std::string& last) {
  switch (source.Byte() % 4) {
    case 0:
      return {};
    case 1:
      return std::string(source.Bytes(source.Byte()));
    case 2: {
      const auto size = static_cast<size_t>(source.Byte()) * source.Byte();
      return std::string(size, static_cast<char>(source.Byte()));
    }
    default:
      return last;
  }
}

// Six bytes choose the agreement and how messages are compressed. For each message, the input then chooses
// one of two clients on the same thread, and the kind of the message.
void Run(std::string_view input) {
  Source source(input);
  const uint8_t switches = source.Byte();
  DeflateAgreement agreement{.server_context_takeover = (switches & 1) != 0,
                             .client_context_takeover = (switches & 2) != 0};
  agreement.server_window_bits = static_cast<uint8_t>(source.Between(9, 15));
  agreement.client_window_bits = static_cast<uint8_t>(source.Between(8, 15));
  DeflateOptions options;
  options.level = source.Between(1, 9);
  options.memory_level = source.Between(1, 9);
  options.min_bytes = static_cast<size_t>(source.Byte()) * ((switches & 4) != 0 ? 16 : 0);

  DeflatePool pool;
  Client first(pool, options, agreement);
  Client second(pool, options, agreement);
  std::string message;
  while (!source.empty()) {
    Client& client = (source.Byte() & 1) != 0 ? second : first;
    message = NextMessage(source, message);
    client.ExpectSent(message);
    client.ExpectReceived(message);
  }
}

}  // namespace
}  // namespace drawbridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  drawbridge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
