// What may change on a connection while it is open: labels, an expiry and the id of the client's token.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_ATTRIBUTES_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_ATTRIBUTES_H_

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "gateway/base/clock.h"

namespace drawbridge {

// Immutable once a connection has them: a change replaces the whole object, so no thread reads a partial
// change. The reference count is inside the object, so that a connection needs a pointer of only 8 bytes. The
// pointer is null for a connection that has none of this, as most have none without tokens.
//
// Precedence: a connection begins with the values of its token. A value that an update of the control API
// sets replaces that of the token, and no later token changes it. All other values follow each new token: a
// label that an update has removed comes back with a new token that has it.
struct Attributes : boost::intrusive_ref_counter<Attributes, boost::thread_safe_counter> {
  absl::btree_map<std::string, std::string> labels;
  std::optional<WallTime> expire_time;  // as requested, so that it reads back unchanged
  uint64_t revision = 1;                // of the connection; 1 if it was never changed
  // What a new token may change: the keys of `labels` that the token has set, in ascending order, and whether
  // it has set `expire_time`.
  std::vector<std::string> token_labels;
  bool expires_by_token = false;
  std::string token_id;  // of the client's current token (jti); empty: none
};

using AttributesPointer = boost::intrusive_ptr<const Attributes>;

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_ATTRIBUTES_H_
