// What the control API writes on a connection: labels and an expiry.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_ATTRIBUTES_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_ATTRIBUTES_H_

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/btree_map.h"
#include "gateway/base/clock.h"

namespace drawbridge {

// Immutable once a connection has them: a change is a new set, so that nobody reads half of one. The count is
// inside, because a connection keeps a pointer of 8 bytes, null for the many that were never changed.
struct Attributes : boost::intrusive_ref_counter<Attributes, boost::thread_safe_counter> {
  absl::btree_map<std::string, std::string> labels;
  std::optional<WallTime> expire_time;  // as it was asked for, so that it reads back the same
  uint64_t revision = 1;                // of the connection; one that was never changed is at 1
};

using AttributesPointer = boost::intrusive_ptr<const Attributes>;

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_ATTRIBUTES_H_
