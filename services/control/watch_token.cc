#include "services/control/watch_token.h"

namespace drawbridge {
namespace {

constexpr size_t kNumberSize = sizeof(uint64_t);
constexpr size_t kTokenSize = 2 * kNumberSize + SealingKey::kSealSize;

std::string ContextOf(std::string_view incarnation, std::string_view filter) {
  return BytesOf(incarnation.size()).append(incarnation).append(filter);
}

}  // namespace

std::string WatchTokens::Make(std::string_view incarnation, std::string_view filter,
                              const WatchCursor& cursor) const {
  return key_.Seal(BytesOf(cursor.position) + BytesOf(cursor.walked), ContextOf(incarnation, filter));
}

std::optional<WatchCursor> WatchTokens::Read(std::string_view incarnation, std::string_view filter,
                                             std::string_view token) const {
  if (token.size() != kTokenSize || !key_.IsSealed(token, ContextOf(incarnation, filter)))
    return std::nullopt;
  return WatchCursor{.position = NumberOf(token), .walked = NumberOf(token.substr(kNumberSize))};
}

}  // namespace drawbridge
