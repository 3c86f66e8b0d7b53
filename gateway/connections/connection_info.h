// The facts of a connection that are fixed by its upgrade.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_INFO_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_INFO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// Bit flags for the texts that may be truncated because they are too long.
enum CutText : uint8_t { kCutPath = 1, kCutUserAgent = 2, kCutOrigin = 4 };

// A view: it does not own the texts, which must outlive it.
struct ConnectionInfo {
  uint64_t sequence = 0;  // given by the registry; orders connections by age
  std::string_view id;
  std::string_view remote_address;  // ip:port
  std::string_view principal;       // the authenticated identity of the client; empty: none
  std::string_view path;
  std::string_view subprotocol;
  std::string_view user_agent;
  std::string_view origin;
  bool tls = false;
  uint8_t cut_texts = 0;  // flags of CutText: the truncated texts
  SteadyTime create_time;
  WallTime create_wall_time;  // `create_time` as calendar time, converted at creation
};

// A copy of ConnectionInfo that owns its texts, all in one allocation instead of one per text. Immutable, so
// thread-safe.
class PackedInfo {
 public:
  explicit PackedInfo(const ConnectionInfo& info);

  // The texts are valid as long as this object.
  ConnectionInfo view() const {
    return {.sequence = sequence_,
            .id = text(kId),
            .remote_address = text(kRemoteAddress),
            .principal = text(kPrincipal),
            .path = text(kPath),
            .subprotocol = text(kSubprotocol),
            .user_agent = text(kUserAgent),
            .origin = text(kOrigin),
            .tls = tls_,
            .cut_texts = cut_texts_,
            .create_time = create_time_,
            .create_wall_time = create_wall_time_};
  }

  // Prefetches the first texts into the CPU cache.
  void Prefetch() const {
    __builtin_prefetch(texts_.get());
    __builtin_prefetch(texts_.get() + 64);
  }

 private:
  enum Text : uint8_t { kId, kRemoteAddress, kPrincipal, kPath, kSubprotocol, kUserAgent, kOrigin, kTexts };

  std::string_view text(Text which) const {
    const size_t begin = which == 0 ? 0 : ends_[which - size_t{1}];
    return {texts_.get() + begin, ends_[which] - begin};
  }

  uint64_t sequence_;
  SteadyTime create_time_;
  WallTime create_wall_time_;
  std::unique_ptr<char[]> texts_;        // concatenated
  std::array<uint32_t, kTexts> ends_{};  // where each text ends in `texts_`
  bool tls_;
  uint8_t cut_texts_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_INFO_H_
