#include "gateway/listener/renewal.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "gateway/connections/index.h"
#include "gateway/connections/stretch.h"
#include "gateway/listener/find_ban.h"

namespace drawbridge {
namespace {

// RFC 3339, section 5.6. Rounded down, so that a client that heeds it is not late.
std::string Rfc3339(WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int{date.year()}, unsigned{date.month()},
                     unsigned{date.day()}, clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

// `,"expireTime":"TIME"`, or nothing for a connection that does not expire.
std::string ExpiryMember(const std::optional<WallTime>& time) {
  return time.has_value() ? fmt::format(R"(,"expireTime":"{}")", Rfc3339(*time)) : std::string();
}

bool DifferInMoreThanRevision(const AttributesPointer& before, const Attributes& after) {
  return before == nullptr || before->labels != after.labels || before->expire_time != after.expire_time ||
         before->token_labels != after.token_labels || before->token_id != after.token_id;
}

}  // namespace

bool Renewal::Step() {
  if (ids_.has_value()) {
    for (const std::string& id : *ids_) {
      if (const auto connection = registry_.Find(id)) Renew(*connection);
    }
    return true;
  }
  const Stretch stretch = registry_.Walk(after_, kStep, {IndexKey::OfPrincipal(identity_->principal)});
  for (const auto& connection : stretch.connections) Renew(*connection);
  after_ = stretch.through;
  return after_ == Stretch::kEnd;
}

void Renewal::Renew(Connection& connection) {
  if (connection.info().principal != identity_->principal) return;
  AttributesPointer after;
  if (!Update(connection, &after)) return;
  // A ban of a new label that was created meanwhile may have missed the connection (see Bans).
  if (const auto ban = FindBan(bans_, /*address=*/nullptr, identity_->principal, after)) {
    connection.Interrupt(CloseRequestOf(*ban));
    return;
  }
  ++renewed_;
  const auto expiry = after->expire_time;
  if (expiry.has_value()) first_expiry_ = std::min(first_expiry_.value_or(*expiry), *expiry);
  if (named_.size() < kMaxNamed)
    named_.push_back({.id = std::string(connection.info().id), .expire_time = expiry});
}

// False: the connection is not open.
bool Renewal::Update(Connection& connection, AttributesPointer* after) {
  while (connection.state() == ConnectionState::kOpen) {  // repeated only after a concurrent update
    const AttributesPointer before = connection.attributes();
    *after = Renewed(before, *identity_->attributes);
    if (!DifferInMoreThanRevision(before, **after)) return true;
    if (registry_.Update(connection, before, *after)) return true;
  }
  return false;
}

HttpAnswer Renewal::Answer() const {
  if (ids_.has_value() && renewed_ == 0)
    return {403, "none of the ids is of an open connection of this principal on this node"};
  std::string text =
      fmt::format(R"({{"renewed":{}{},"connections":[)", renewed_, ExpiryMember(first_expiry_));
  std::string_view separator;
  for (const Named& each : named_) {
    fmt::format_to(std::back_inserter(text), R"({}{{"connectionId":"{}"{}}})", separator, each.id,
                   ExpiryMember(each.expire_time));
    separator = ",";
  }
  text.append("]}");
  return {200, std::move(text), "Cache-Control: no-store\r\n", "application/json"};
}

}  // namespace drawbridge
