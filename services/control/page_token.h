// Page tokens: opaque positions in a list. Only this process can create them, and a restart invalidates them.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_PAGE_TOKEN_H_
#define DRAWBRIDGE_SERVICES_CONTROL_PAGE_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/control/sealing_key.h"

namespace drawbridge {

// The query that a token belongs to. A token is invalid for other queries.
struct ListQuery {
  std::string_view incarnation;  // of the node; sequences are valid only for one
  std::string_view filter;
  bool show_closed = false;
};

// Thread-safe; never blocks.
class PageTokens {
 public:
  using Key = SealingKey::Bytes;

  // Uses a random key from the operating system.
  PageTokens() = default;
  explicit PageTokens(const Key& key) : key_(key) {}

  // The token of the page after the connection with this sequence.
  std::string Make(const ListQuery& query, uint64_t sequence) const;

  // nullopt if Make did not return the token for the same query.
  std::optional<uint64_t> Read(const ListQuery& query, std::string_view token) const;

 private:
  SealingKey key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_PAGE_TOKEN_H_
