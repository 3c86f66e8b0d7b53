// One part of a walk over connections in the order of their age. It bounds the work per step.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_STRETCH_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_STRETCH_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/connections/connection.h"

namespace drawbridge {

// The connections with sequences after the begin of the stretch, up to and including `through`. It contains
// every connection that was present while the stretch was taken. The next stretch begins after `through`.
struct Stretch {
  static constexpr uint64_t kEnd = UINT64_MAX;  // this is the last stretch

  std::vector<std::shared_ptr<Connection>> connections;  // unordered
  uint64_t through = kEnd;

  // Ends the stretch at `sequence`, unless it already ends before, and drops the connections after that.
  void EndAt(uint64_t sequence) {
    through = std::min(through, sequence);
    if (through == kEnd) return;
    std::erase_if(connections, [this](const auto& each) { return each->info().sequence > through; });
  }

  // Adds the connections of `other`, up to the sequence that both stretches cover. A connection in both is
  // then in it twice.
  void Add(Stretch other) {
    connections.insert(connections.end(), std::make_move_iterator(other.connections.begin()),
                       std::make_move_iterator(other.connections.end()));
    EndAt(other.through);
  }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_STRETCH_H_
