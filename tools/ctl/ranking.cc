#include "tools/ctl/ranking.h"

#include <algorithm>
#include <utility>

#include "tools/ctl/describe.h"
#include "tools/ctl/times.h"

namespace drawbridge::ctl {
namespace {

using control::v1::Connection;

double Busy(const Rates& rates) { return rates.received_messages + rates.sent_messages; }

absl::Duration RoundTrip(const Connection& connection) {
  return connection.has_round_trip_time() ? FromProto(connection.round_trip_time())
                                          : -absl::InfiniteDuration();
}

}  // namespace

Rates& Rates::operator+=(const Rates& other) {
  received_messages += other.received_messages;
  received_bytes += other.received_bytes;
  sent_messages += other.sent_messages;
  sent_bytes += other.sent_bytes;
  return *this;
}

Counters CountersOf(const Connection& connection, absl::Time now) {
  return {.seen = now,
          .received_messages = connection.received_messages(),
          .received_bytes = connection.received_bytes(),
          .sent_messages = connection.sent_messages(),
          .sent_bytes = connection.sent_bytes()};
}

Rates RatesBetween(const std::optional<Counters>& before, const Counters& after, absl::Time created) {
  const Counters from = before.value_or(Counters{.seen = created});
  // `created` is from the gateway's clock, which may differ from this machine's: the minimum prevents a
  // negative or tiny interval.
  const double seconds = absl::ToDoubleSeconds(std::max(after.seen - from.seen, absl::Milliseconds(10)));
  const auto rate = [seconds](uint64_t earlier, uint64_t later) {
    return later <= earlier ? 0.0 : static_cast<double>(later - earlier) / seconds;
  };
  return {.received_messages = rate(from.received_messages, after.received_messages),
          .received_bytes = rate(from.received_bytes, after.received_bytes),
          .sent_messages = rate(from.sent_messages, after.sent_messages),
          .sent_bytes = rate(from.sent_bytes, after.sent_bytes)};
}

Ranking::Ranking(Order order, size_t limit, CountersById before)
    : order_(order), limit_(limit), before_(std::move(before)) {}

void Ranking::Add(const Connection& connection, absl::Time now) {
  const Counters counters = CountersOf(connection, now);
  const auto found = before_.find(connection.connection_id());
  const Rates rates = RatesBetween(found == before_.end() ? std::nullopt : std::optional(found->second),
                                   counters, FromProto(connection.create_time()));
  counters_[connection.connection_id()] = counters;
  total_ += rates;
  queued_bytes_ += connection.send_queue_bytes();
  rows_.push_back({connection, rates});
  // Trimming rarely is cheaper than trimming at each Add.
  if (rows_.size() >= 4 * limit_ + 100) Trim();
}

std::vector<Ranked> Ranking::Take() {
  Trim();
  return std::move(rows_);
}

void Ranking::Trim() {
  const size_t keep = std::min(limit_, rows_.size());
  std::partial_sort(rows_.begin(), rows_.begin() + static_cast<ptrdiff_t>(keep), rows_.end(),
                    [this](const Ranked& a, const Ranked& b) { return Before(a, b); });
  rows_.resize(keep);
}

bool Ranking::Before(const Ranked& a, const Ranked& b) const {
  switch (order_) {
    case Order::kRate:
      if (Busy(a.rates) != Busy(b.rates)) return Busy(a.rates) > Busy(b.rates);
      break;
    case Order::kRtt:
      if (RoundTrip(a.connection) != RoundTrip(b.connection))
        return RoundTrip(a.connection) > RoundTrip(b.connection);
      break;
    case Order::kQueue:
      if (a.connection.send_queue_bytes() != b.connection.send_queue_bytes())
        return a.connection.send_queue_bytes() > b.connection.send_queue_bytes();
      break;
    case Order::kIdle:
      if (IdleSince(a.connection) != IdleSince(b.connection))
        return IdleSince(a.connection) < IdleSince(b.connection);
      break;
  }
  // A tie-break that keeps the order stable between refreshes.
  return a.connection.connection_id() < b.connection.connection_id();
}

}  // namespace drawbridge::ctl
