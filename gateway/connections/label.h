// The bounds of the labels of a connection, from wherever they come.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_LABEL_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_LABEL_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "gateway/base/ascii.h"

namespace drawbridge {

inline constexpr size_t kMaxLabels = 32;
inline constexpr size_t kMaxLabelKeyBytes = 63;
inline constexpr size_t kMaxLabelValueBytes = 256;

// Whether it may be the key of a label: 1 to kMaxLabelKeyBytes of [a-z0-9_.-].
inline bool IsLabelKey(std::string_view key) {
  return !key.empty() && key.size() <= kMaxLabelKeyBytes && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '_' || c == '.' || c == '-';
  });
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_LABEL_H_
