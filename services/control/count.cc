#include "services/control/count.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "services/control/errors.h"
#include "services/control/parse_filter.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

constexpr size_t kDefaultGroups = 100;
constexpr size_t kMaxGroups = 1000;
constexpr size_t kMaxValues = 10'000;
constexpr size_t kMaxValueBytes = 8 << 20;

constexpr size_t kGroupBytes = 24;  // upper bound of a serialized group without its value

constexpr size_t kStretch = 4096;  // connections examined in one call of CountSome

grpc::Status ParseMaxGroups(int32_t value, size_t* max_groups) {
  if (value < 0) {
    return InvalidField("MAX_GROUPS_NEGATIVE", "max_groups",
                        fmt::format("is {}: at least 0 is required, 0 is {}", value, kDefaultGroups));
  }
  *max_groups = value == 0 ? kDefaultGroups : std::min(static_cast<size_t>(value), kMaxGroups);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status Count::Begin(const Registry& registry, const Clock& clock,
                          const v1::CountConnectionsRequest& request, std::unique_ptr<Count>* count) {
  Filter filter;
  std::optional<Grouping> grouping;
  size_t max_groups = 0;
  grpc::Status status = grpc::Status::OK;
  if (!request.filter().empty()) status = ParseFilterField(request.filter(), &filter);
  if (status.ok() && !request.group_by().empty()) status = Grouping::Parse(request.group_by(), &grouping);
  if (status.ok()) status = ParseMaxGroups(request.max_groups(), &max_groups);
  if (!status.ok()) return status;
  count->reset(new Count(registry, clock, std::move(filter)));
  (*count)->grouping_ = std::move(grouping);
  (*count)->max_groups_ = max_groups;
  if (!(*count)->grouping_.has_value()) (*count)->known_ = KnownCount(registry, (*count)->filter_);
  return grpc::Status::OK;
}

Count::Count(const Registry& registry, const Clock& clock, Filter filter)
    : registry_(registry),
      filter_(std::move(filter)),
      matches_(registry, filter_, clock, {.created_by = clock.Steady()}) {}

bool Count::CountSome() {
  if (stopped_ || known_.has_value()) return false;
  for (const auto& connection : matches_.Next(kStretch)) Add(*connection);
  return !matches_.done();
}

void Count::Add(const Connection& connection) {
  ++total_;
  if (!grouping_.has_value()) return;
  if (!grouping_->Read(connection, registry_.node().node_id(), &value_)) {
    ++unset_;
  } else if (const auto found = by_value_.find(value_); found != by_value_.end()) {
    ++found->second;
  } else if (by_value_.size() < kMaxValues && value_bytes_ + value_.size() <= kMaxValueBytes) {
    value_bytes_ += value_.size();
    by_value_.emplace(value_, 1);
  } else {
    ++further_;
  }
}

v1::CountConnectionsResponse Count::Response() const {
  v1::CountConnectionsResponse response;
  response.set_total_count(known_.has_value() ? static_cast<int64_t>(*known_) : total_);
  if (!grouping_.has_value()) return response;
  response.set_unset_count(unset_);
  response.set_values_truncated(further_ > 0);
  AddTopGroups(&response);
  return response;
}

void Count::AddTopGroups(v1::CountConnectionsResponse* response) const {
  std::vector<const std::pair<const std::string, int64_t>*> groups;
  groups.reserve(by_value_.size());
  for (const auto& group : by_value_) groups.push_back(&group);
  const auto shown = groups.begin() + static_cast<std::ptrdiff_t>(std::min(max_groups_, groups.size()));
  std::ranges::partial_sort(groups, shown, {}, [](const auto* group) {
    return std::tuple(-group->second, std::string_view(group->first));
  });
  int64_t other = total_ - unset_;
  size_t bytes = 0;
  for (auto each = groups.begin(); each != shown; ++each) {
    bytes += (*each)->first.size() + kGroupBytes;
    if (each != groups.begin() && bytes > kAnswerBytes) break;
    auto* group = response->add_groups();
    group->set_value((*each)->first);
    group->set_count((*each)->second);
    other -= (*each)->second;
  }
  response->set_other_count(other);
}

}  // namespace drawbridge
