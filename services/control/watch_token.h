// Tokens of watches: where one goes on that was broken off.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_WATCH_TOKEN_H_
#define DRAWBRIDGE_SERVICES_CONTROL_WATCH_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/control/sealing_key.h"

namespace drawbridge {

// How far a watch has told. It is told of the snapshot first, then of events.
struct WatchCursor {
  static constexpr uint64_t kWholeSnapshot = UINT64_MAX;

  uint64_t position = 0;             // of the next event to tell
  uint64_t walked = kWholeSnapshot;  // of the snapshot: sequences up to this one
  bool operator==(const WatchCursor&) const = default;
};

// Any thread; never blocks.
class WatchTokens {
 public:
  // With a key from the operating system's entropy.
  WatchTokens() = default;
  explicit WatchTokens(const SealingKey::Bytes& key) : key_(key) {}

  // `incarnation`: of the node, whose positions and sequences these are.
  std::string Make(std::string_view incarnation, std::string_view filter, const WatchCursor& cursor) const;

  // nullopt for anything that Make did not give for the same incarnation and filter.
  std::optional<WatchCursor> Read(std::string_view incarnation, std::string_view filter,
                                  std::string_view token) const;

 private:
  SealingKey key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_WATCH_TOKEN_H_
