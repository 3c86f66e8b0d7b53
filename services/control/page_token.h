// Tokens of pages: where a list goes on, readable to nobody and made by nobody but this node since its start.
#ifndef DRAWBRIDGE_SERVICES_CONTROL_PAGE_TOKEN_H_
#define DRAWBRIDGE_SERVICES_CONTROL_PAGE_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/control/sealing_key.h"

namespace drawbridge {

// What a token belongs to. A token of one list is none of another.
struct ListQuery {
  std::string_view incarnation;  // of the node: after a restart the sequences mean other connections
  std::string_view filter;
  bool show_closed = false;
};

// Any thread; never blocks.
class PageTokens {
 public:
  using Key = SealingKey::Bytes;

  // With a key from the operating system's entropy.
  PageTokens() = default;
  explicit PageTokens(const Key& key) : key_(key) {}

  // For the page behind the connection with this sequence.
  std::string Make(const ListQuery& query, uint64_t sequence) const;

  // nullopt for anything that Make did not give for the same query.
  std::optional<uint64_t> Read(const ListQuery& query, std::string_view token) const;

 private:
  SealingKey key_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_CONTROL_PAGE_TOKEN_H_
