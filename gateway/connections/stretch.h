// A part of a walk over connections in the order of their age, taken in bounded work.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_STRETCH_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_STRETCH_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/connections/connection.h"

namespace drawbridge {

// Everybody with a sequence behind the beginning of the stretch, up to and with `through`, who was there
// while it was taken. The next stretch begins behind `through`.
struct Stretch {
  static constexpr uint64_t kEnd = UINT64_MAX;  // nobody is behind

  std::vector<std::shared_ptr<Connection>> connections;  // in no order
  uint64_t through = kEnd;

  // Drops those behind `sequence`; the stretch ends there, unless it already does before.
  void EndAt(uint64_t sequence) {
    through = std::min(through, sequence);
    if (through == kEnd) return;
    std::erase_if(connections, [this](const auto& each) { return each->info().sequence > through; });
  }

  // Those of both, as far as both reach. Whoever is in both is in it twice.
  void Add(Stretch other) {
    connections.insert(connections.end(), std::make_move_iterator(other.connections.begin()),
                       std::make_move_iterator(other.connections.end()));
    EndAt(other.through);
  }
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_STRETCH_H_
