// Ranks connections by rate, round-trip time, queued bytes or idle time, from two walks over all connections.
#ifndef DRAWBRIDGE_TOOLS_CTL_RANKING_H_
#define DRAWBRIDGE_TOOLS_CTL_RANKING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "drawbridge/control/v1/control.pb.h"

namespace drawbridge::ctl {

// What one walk stores of each connection for the next walk.
struct Counters {
  absl::Time seen;
  uint64_t received_messages = 0;
  uint64_t received_bytes = 0;
  uint64_t sent_messages = 0;
  uint64_t sent_bytes = 0;
};
using CountersById = std::unordered_map<std::string, Counters>;

// Per second.
struct Rates {
  double received_messages = 0;
  double received_bytes = 0;
  double sent_messages = 0;
  double sent_bytes = 0;

  Rates& operator+=(const Rates& other);
};

Counters CountersOf(const control::v1::Connection& connection, absl::Time now);
// The rates of one connection between two walks. If the first walk did not include it: since `created`.
Rates RatesBetween(const std::optional<Counters>& before, const Counters& after, absl::Time created);

enum class Order {
  kRate,   // messages in and out
  kRtt,    // connections without a measured round trip sort last
  kQueue,  // bytes
  kIdle,   // since the last message from the client, or since the connection opened
};

struct Ranked {
  control::v1::Connection connection;
  Rates rates;
};

// The result of one walk. Stores the counters of all connections, but complete connections only for a small
// multiple of `limit`. Not thread-safe.
class Ranking {
 public:
  // `before` is the counters of the previous walk.
  Ranking(Order order, size_t limit, CountersById before);

  void Add(const control::v1::Connection& connection, absl::Time now);

  // Returns the first `limit` connections, in order.
  std::vector<Ranked> Take();
  CountersById TakeCounters() { return std::move(counters_); }

  // The sum over all connections.
  const Rates& total() const { return total_; }
  size_t count() const { return counters_.size(); }
  uint64_t queued_bytes() const { return queued_bytes_; }

 private:
  bool Before(const Ranked& a, const Ranked& b) const;
  void Trim();

  const Order order_;
  const size_t limit_;
  const CountersById before_;
  CountersById counters_;
  std::vector<Ranked> rows_;
  Rates total_;
  uint64_t queued_bytes_ = 0;
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_RANKING_H_
