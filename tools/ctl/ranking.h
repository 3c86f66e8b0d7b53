// Who is busiest, slowest or furthest behind: from two walks over all connections.
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

// All that one walk keeps of a connection for the next.
struct Counters {
  absl::Time seen;
  uint64_t received_messages = 0;
  uint64_t received_bytes = 0;
  uint64_t sent_messages = 0;
  uint64_t sent_bytes = 0;
};
using CountersById = std::unordered_map<std::string, Counters>;

// A second.
struct Rates {
  double received_messages = 0;
  double received_bytes = 0;
  double sent_messages = 0;
  double sent_bytes = 0;

  Rates& operator+=(const Rates& other);
};

Counters CountersOf(const control::v1::Connection& connection, absl::Time now);
// Of one connection, between two looks at it. Of one that was not there before: since it came.
Rates RatesBetween(const std::optional<Counters>& before, const Counters& after, absl::Time created);

enum class Order {
  kRate,   // messages in and out
  kRtt,    // those without a round trip last
  kQueue,  // bytes
  kIdle,   // since the last message from the client, or since it came
};

struct Ranked {
  control::v1::Connection connection;
  Rates rates;
};

// One walk. Keeps the counters of all connections, and no more than some `limit` of them whole. Not
// thread-safe.
class Ranking {
 public:
  // `before`: of the walk before this one.
  Ranking(Order order, size_t limit, CountersById before);

  void Add(const control::v1::Connection& connection, absl::Time now);

  // The first `limit`, in order.
  std::vector<Ranked> Take();
  CountersById TakeCounters() { return std::move(counters_); }

  // Of all connections together.
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
