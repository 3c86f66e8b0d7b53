#include "services/control/bulk_interrupt.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "services/control/errors.h"
#include "services/control/interrupt.h"
#include "services/control/parse_filter.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr int32_t kDefaultRate = 500;
constexpr int32_t kUnlimitedRate = -1;
constexpr size_t kMaxSamples = 100;

constexpr size_t kStretch = 4096;      // looked at in one part of the work, of those who may match
constexpr size_t kEndedAtOnce = 1024;  // and of those who did

// So many may be ending at once: the work of an I/O thread for some ten milliseconds, which other sessions
// may have to wait. Peers that take their time to answer do not hold up the rest: they are counted for no
// longer than this, which comes to 10,000 a second at least.
constexpr size_t kUnderWay = 256;
constexpr std::chrono::milliseconds kUnderWayFor{25};
// Between two parts of the work, where the next is not due or has to wait for the I/O threads.
constexpr std::chrono::milliseconds kPause{1};

// A bound of which 0 means that there is none.
grpc::Status ParseBound(int64_t value, const std::string& reason, const std::string& field, uint64_t* bound) {
  if (value < 0) {
    return InvalidField(reason, field, fmt::format("is {}: at least 0 is required, 0 is no bound", value));
  }
  if (value > 0) *bound = static_cast<uint64_t>(value);
  return grpc::Status::OK;
}

grpc::Status ParseRate(int32_t value, uint32_t* rate) {
  if (value < kUnlimitedRate) {
    return InvalidField("RATE_INVALID", "rate_per_second",
                        fmt::format("is {}: at least -1 is required, -1 is as fast as possible, 0 is {}",
                                    value, kDefaultRate));
  }
  if (value == kUnlimitedRate) {
    *rate = 0;
  } else {
    *rate = static_cast<uint32_t>(value == 0 ? kDefaultRate : value);
  }
  return grpc::Status::OK;
}

}  // namespace

grpc::Status ParseBulkInterrupt(const v1::InterruptConnectionsRequest& request,
                                BulkInterruptOptions* options) {
  grpc::Status status = ParseRequiredFilter(request.filter(), &options->filter);
  if (status.ok()) status = ParseInterrupt(request, &options->close);
  if (status.ok())
    status = ParseBound(request.max_count(), "MAX_COUNT_NEGATIVE", "max_count", &options->max_count);
  if (status.ok()) status = ParseBound(request.limit(), "LIMIT_NEGATIVE", "limit", &options->limit);
  if (status.ok()) status = ParseRate(request.rate_per_second(), &options->rate);
  options->dry_run = request.dry_run();
  return status;
}

void BulkInterrupt::Tally::Count(CloseOutcome outcome) {
  switch (outcome) {
    case CloseOutcome::kClean:
      ++clean;
      break;
    case CloseOutcome::kTimeout:
      ++timeout;
      break;
    case CloseOutcome::kAborted:
      ++aborted;
      break;
  }
  if (--awaited == 0) ended();
}

BulkInterrupt::BulkInterrupt(const Registry& registry, const Clock& clock, BulkInterruptOptions options,
                             uint32_t seed, std::function<void()> ended)
    : registry_(registry),
      clock_(clock),
      options_(std::move(options)),
      seed_(seed),
      matches_(registry, options_.filter, clock, {.created_by = clock.Steady()}) {
  tally_->ended = std::move(ended);
}

std::optional<SteadyTime> BulkInterrupt::Work() {
  if (done()) return std::nullopt;
  if (pace_.has_value()) return EndThoseDue();
  Collect();
  return done() ? std::nullopt : std::optional(clock_.Steady());
}

bool BulkInterrupt::done() const {
  return matches_.done() && (options_.dry_run || too_many() || tally_->awaited == 0);
}

grpc::Status BulkInterrupt::status() const {
  if (!too_many()) return grpc::Status::OK;
  return Failure(grpc::StatusCode::FAILED_PRECONDITION, "TOO_MANY_MATCH",
                 fmt::format("{} connections match and max_count is {}: nothing was closed", matched_,
                             options_.max_count));
}

void BulkInterrupt::Collect() {
  for (const auto& connection : matches_.Next(kStretch)) Add(*connection);
  if (too_many()) sequences_ = {};  // the rest is only counted
  if (matches_.done()) pace_.emplace(options_.rate, clock_.Steady(), seed_);
}

void BulkInterrupt::Add(const Connection& connection) {
  ++matched_;
  if (options_.dry_run) {
    if (samples_.size() < kMaxSamples) samples_.emplace_back(connection.info().id);
  } else if (!too_many() && sequences_.size() < options_.limit) {
    sequences_.push_back(connection.info().sequence);
  }
}

std::optional<SteadyTime> BulkInterrupt::EndThoseDue() {
  if (all_begun_) return std::nullopt;
  const SteadyTime now = clock_.Steady();
  std::erase_if(under_way_, [now](const Begun& each) {
    if (each.connection->state() == ConnectionState::kClosed) return true;
    return each.connection->close_arrived() && now - each.time > kUnderWayFor;
  });
  for (size_t i = 0; i < kEndedAtOnce && next_ < sequences_.size(); ++i) {
    auto connection = registry_.Find(registry_.node().ConnectionId(sequences_[next_]));
    if (connection == nullptr || connection->state() == ConnectionState::kClosed) {
      ++already_closed_;  // and takes nobody's turn
      ++next_;
      continue;
    }
    if (under_way_.size() == kUnderWay) return now + kPause;
    if (pace_->next() > now) return std::max(pace_->next(), now + kPause);
    pace_->Advance(now);
    ++next_;
    End(std::move(connection), now);
  }
  if (next_ < sequences_.size()) return now;
  all_begun_ = true;
  --tally_->awaited;
  return std::nullopt;
}

void BulkInterrupt::End(std::shared_ptr<Connection> connection, SteadyTime now) {
  connection->Interrupt(options_.close);
  ++tally_->awaited;
  connection->WhenClosed([tally = tally_](const CloseResult& result) { tally->Count(result.outcome); });
  under_way_.push_back({std::move(connection), now});
}

v1::InterruptConnectionsResponse BulkInterrupt::Progress() const {
  v1::InterruptConnectionsResponse response;
  response.set_matched_count(static_cast<int64_t>(matched_));
  response.set_closed_clean_count(tally_->clean);
  response.set_closed_timeout_count(tally_->timeout);
  response.set_closed_aborted_count(tally_->aborted);
  response.set_already_closed_count(already_closed_);
  if (done()) response.mutable_sample_connection_ids()->Assign(samples_.begin(), samples_.end());
  return response;
}

}  // namespace drawbridge
