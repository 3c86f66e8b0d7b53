#include "services/control/bulk_interrupt.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "services/control/ban_fields.h"
#include "services/control/errors.h"
#include "services/control/interrupt.h"
#include "services/control/parse_filter.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr int32_t kDefaultRate = 500;
constexpr int32_t kUnlimitedRate = -1;
constexpr size_t kMaxSamples = 100;

constexpr size_t kStretch = 4096;  // connections examined in one call of Collect

// Parses a bound; 0 means no bound.
grpc::Status ParseBound(int64_t value, const std::string& reason, const std::string& field, uint64_t* bound) {
  if (value < 0) {
    return InvalidField(reason, field, fmt::format("is {}: at least 0 is required, 0 means no bound", value));
  }
  if (value > 0) *bound = static_cast<uint64_t>(value);
  return grpc::Status::OK;
}

grpc::Status ParseRate(int32_t value, uint32_t* rate) {
  if (value < kUnlimitedRate) {
    return InvalidField(
        "RATE_INVALID", "rate_per_second",
        fmt::format("is {}: at least -1 is required (-1: as fast as possible, 0: {})", value, kDefaultRate));
  }
  if (value == kUnlimitedRate) {
    *rate = 0;
  } else {
    *rate = static_cast<uint32_t>(value == 0 ? kDefaultRate : value);
  }
  return grpc::Status::OK;
}

// A client library may silently drop a field that it does not know, such as dry_run where the name is dryRun.
// Without this check such a request would close every connection.
grpc::Status CheckAll(const v1::InterruptConnectionsRequest& request, const Filter& filter) {
  const bool bounded = request.dry_run() || request.max_count() > 0 || request.limit() > 0;
  if (bounded || request.all() || !filter.chooses_every_open()) return grpc::Status::OK;
  return InvalidField(
      "ALL_REQUIRED", "all",
      "is false and the filter matches every connection: set all = true to close all of them, or set "
      "max_count (in JavaScript maxCount), limit or dry_run (in JavaScript dryRun)");
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
  if (status.ok()) status = CheckAll(request, options->filter);
  if (status.ok() && request.has_refuse_for())
    status = ParseRefuseFor(request.refuse_for(), &options->refuse_for);
  options->dry_run = request.dry_run();
  return status;
}

BulkInterrupt::BulkInterrupt(const Registry& registry, const Clock& clock, BulkInterruptOptions options,
                             uint32_t seed, std::function<void()> ended)
    : registry_(registry),
      clock_(clock),
      options_(std::move(options)),
      seed_(seed),
      ended_(std::move(ended)),
      matches_(registry, options_.filter, clock,
               {.created_by = options_.newcomers ? SteadyTime::max() : clock.Steady()}),
      began_(clock.Wall()) {}

std::optional<SteadyTime> BulkInterrupt::Work() {
  if (done()) return std::nullopt;
  if (close_ != nullptr) return close_->Work();
  if (awaits_bans_) return std::nullopt;
  Collect();
  if (awaits_bans_) return std::nullopt;
  return done() ? std::nullopt : std::optional(clock_.Steady());
}

bool BulkInterrupt::done() const {
  return matches_.done() && !awaits_bans_ && (close_ == nullptr || close_->done());
}

grpc::Status BulkInterrupt::status() const {
  if (!too_many()) return bans_status_;
  return Failure(grpc::StatusCode::FAILED_PRECONDITION, "TOO_MANY_MATCH",
                 fmt::format("{} connections match and max_count is {}: nothing was closed", matched_,
                             options_.max_count));
}

void BulkInterrupt::Collect() {
  for (const auto& connection : matches_.Next(kStretch)) Add(*connection);
  if (too_many()) {  // the rest is only counted
    sequences_ = {};
    bans_ = {};
    banned_ = {};
  }
  if (!matches_.done() || options_.dry_run || too_many()) return;
  banned_ = {};
  ban_count_ = static_cast<int64_t>(bans_.size());
  if (bans_.size() > Bans::kMaxBans) {
    bans_status_ = TooManyBans();
  } else if (!bans_.empty()) {
    awaits_bans_ = true;
  } else {
    BeginToEnd();
  }
}

std::vector<Ban> BulkInterrupt::TakeBans() {
  if (!awaits_bans_) return {};
  return std::exchange(bans_, {});
}

void BulkInterrupt::BansMade(const grpc::Status& status) {
  awaits_bans_ = false;
  bans_status_ = status;
  if (status.ok()) BeginToEnd();
}

void BulkInterrupt::BeginToEnd() {
  const std::chrono::nanoseconds second = std::chrono::seconds(1);
  const auto interval = options_.rate == 0 ? std::chrono::nanoseconds(0) : second / options_.rate;
  close_ = std::make_unique<PacedClose>(registry_, clock_, options_.close, std::move(sequences_),
                                        Pace(interval, clock_.Steady(), seed_), std::move(ended_));
}

void BulkInterrupt::Add(const Connection& connection) {
  ++matched_;
  if (options_.dry_run) {
    if (samples_.size() < kMaxSamples) samples_.emplace_back(connection.info().id);
  } else if (!too_many() && sequences_.size() < options_.limit) {
    sequences_.push_back(connection.info().sequence);
    if (options_.refuse_for.count() != 0) AddBan(connection);
  }
}

// Clients with the same principal or address share a ban. More bans than there may be are an error, so no
// more than one of these is kept.
void BulkInterrupt::AddBan(const Connection& connection) {
  if (bans_.size() > Bans::kMaxBans) return;
  Ban ban = BanOf(connection, options_.close, options_.refuse_for, began_);
  if (banned_.insert(KeyOf(ban.subject)).second) bans_.push_back(std::move(ban));
}

v1::InterruptConnectionsResponse BulkInterrupt::Progress() const {
  v1::InterruptConnectionsResponse response;
  response.set_matched_count(static_cast<int64_t>(matched_));
  const PacedClose::Counts counts = close_ == nullptr ? PacedClose::Counts() : close_->counts();
  response.set_closed_clean_count(counts.clean);
  response.set_closed_timeout_count(counts.timeout);
  response.set_closed_aborted_count(counts.aborted);
  response.set_closed_rejected_count(counts.rejected);
  response.set_already_closed_count(counts.already_closed);
  if (close_ != nullptr) response.set_ban_count(ban_count_);
  if (done()) response.mutable_sample_connection_ids()->Assign(samples_.begin(), samples_.end());
  return response;
}

}  // namespace drawbridge
