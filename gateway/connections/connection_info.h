// What is known of a client from its upgrade on.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_INFO_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_INFO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/base/clock.h"

namespace drawbridge {

// The texts of a client that may be too long to be kept whole; flags.
enum CutText : uint8_t { kCutPath = 1, kCutUserAgent = 2, kCutOrigin = 4 };

// A view: the texts are somebody else's, and must outlive it.
struct ConnectionInfo {
  uint64_t sequence = 0;  // given by the registry; orders connections by age
  std::string_view id;
  std::string_view remote_address;  // ip:port
  std::string_view principal;       // who the client was authenticated as; empty: nobody in particular
  std::string_view path;
  std::string_view subprotocol;
  std::string_view user_agent;
  std::string_view origin;
  bool tls = false;
  uint8_t cut_texts = 0;  // of CutText: those that are kept in part
  SteadyTime create_time;
  WallTime create_wall_time;  // the same moment on the calendar, as it was then
};

// A copy of it, with all texts in one piece of memory: a million connections that come and go are a million
// allocations, and not seven. Immutable, so thread-safe.
class PackedInfo {
 public:
  explicit PackedInfo(const ConnectionInfo& info);

  // Of texts that live as long as this.
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

  // Begins to bring the first texts from memory.
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
  std::unique_ptr<char[]> texts_;        // one behind the other
  std::array<uint32_t, kTexts> ends_{};  // of each of them
  bool tls_;
  uint8_t cut_texts_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_CONNECTION_INFO_H_
