// Sends messages at fixed times, independent of earlier answers. So a stall increases the latency of every
// message that is due during it (no coordinated omission).
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_PACER_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_PACER_H_

#include <cmath>
#include <cstdint>

#include "tools/bench/load/fleet.h"

namespace drawbridge::bench {

// Assigns the messages to the clients of a fleet in turn. Not thread-safe.
class Pacer {
 public:
  // `rate` is in messages per second over all clients. The fleet must outlive the pacer.
  Pacer(Fleet& fleet, double rate) : fleet_(fleet), nanoseconds_between_(1e9 / rate) {}

  // The first message is due now.
  void Start(int64_t now) { start_ = now; }

  // Sends the messages that are due and returns when the next one is due.
  int64_t SendDue(int64_t now) {
    for (; DueTime(sent_) <= now; ++sent_) {
      fleet_.client(static_cast<uint32_t>(sent_ % fleet_.size())).SendMessages(1);
    }
    return DueTime(sent_);
  }

  // The due time of message `sequence` of a client, from which its latency is measured.
  int64_t DueTime(const Client& client, uint64_t sequence) const {
    return DueTime(sequence * fleet_.size() + client.index());
  }

 private:
  int64_t DueTime(uint64_t message) const {
    return start_ + std::llround(static_cast<double>(message) * nanoseconds_between_);
  }

  Fleet& fleet_;
  const double nanoseconds_between_;
  int64_t start_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_PACER_H_
