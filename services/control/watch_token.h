// Resume tokens: opaque positions at which an interrupted watch continues.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WATCH_TOKEN_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WATCH_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/control/sealing_key.h"

namespace drawbridge {

// The position of a watch. It sends the snapshot first, then events.
struct WatchCursor {
  static constexpr uint64_t kWholeSnapshot = UINT64_MAX;

  uint64_t position = 0;             // of the next event to send
  uint64_t walked = kWholeSnapshot;  // the snapshot is sent up to this sequence
  bool operator==(const WatchCursor&) const = default;
};

// Thread-safe; never blocks.
class WatchTokens {
 public:
  // Uses a random key from the operating system.
  WatchTokens() = default;
  explicit WatchTokens(const SealingKey::Bytes& key) : key_(key) {}

  // `incarnation` is that of the node. Positions and sequences are valid only for one incarnation.
  std::string Make(std::string_view incarnation, std::string_view filter, const WatchCursor& cursor) const;

  // nullopt if Make did not return the token for the same incarnation and filter.
  std::optional<WatchCursor> Read(std::string_view incarnation, std::string_view filter,
                                  std::string_view token) const;

 private:
  SealingKey key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCH_TOKEN_H_
