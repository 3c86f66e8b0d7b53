// Compression of one client's messages, both ways, as its handshake agreed (RFC 7692, section 7.2).
#ifndef DRAWBRIDGE_GATEWAY_SESSION_MESSAGE_DEFLATE_H_
#define DRAWBRIDGE_GATEWAY_SESSION_MESSAGE_DEFLATE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/session/deflate_options.h"
#include "gateway/session/deflate_pool.h"
#include "gateway/session/frame.h"
#include "gateway/session/write_buffer.h"
#include "gateway/session/zlib_stream.h"

namespace drawbridge {

// Not thread-safe. A client without the extension has none. For one with it, it costs a few bytes, and a zlib
// stream for each direction with context takeover, from the first compressed message on.
class MessageDeflate {
 public:
  // Null if nothing is agreed on. Otherwise `options` must have a value, and must outlive the result.
  static std::unique_ptr<MessageDeflate> For(DeflatePool& pool, const std::optional<DeflateOptions>& options,
                                             const std::optional<DeflateAgreement>& agreement) {
    if (!agreement.has_value()) return nullptr;
    return std::make_unique<MessageDeflate>(pool, *options, *agreement);
  }

  // `pool` and `options` must outlive this object.
  MessageDeflate(DeflatePool& pool, const DeflateOptions& options, const DeflateAgreement& agreement)
      : pool_(pool), options_(options), agreement_(agreement) {}

  // The largest compressed size that is accepted for a message of `limit` bytes. Data that cannot be
  // compressed grows a little; the margin is enough for any encoder in practice.
  static constexpr size_t MostCompressed(size_t limit) { return limit + limit / 8 + 64; }

  // Inflates a whole message of at most `limit` bytes. `spill` must be empty. The result is valid while
  // `spill` exists, until the next message of any client of the pool. See Inflater::Inflate.
  Inflater::Result Inflate(std::string_view payload, size_t limit, std::string& spill);

  // Appends the message as one frame. It stays uncompressed if it is empty, short or would not shrink, which
  // section 6 allows for any message. `out` grows by about the size of `payload` during the call, even if the
  // result is smaller.
  void AppendFrame(WriteBuffer& out, Opcode opcode, std::string_view payload);

 private:
  bool AppendCompressed(WriteBuffer& out, Opcode opcode, std::string_view payload);
  Inflater& inflater();
  Deflater& deflater();

  DeflatePool& pool_;
  const DeflateOptions& options_;
  const DeflateAgreement agreement_;
  std::unique_ptr<Inflater> own_inflater_;  // with client_context_takeover
  std::unique_ptr<Deflater> own_deflater_;  // with server_context_takeover
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_MESSAGE_DEFLATE_H_
