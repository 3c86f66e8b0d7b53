#include "gateway/connections/bans.h"

#include <algorithm>

namespace drawbridge {
namespace {

constexpr size_t kMaxIdBytes = 63;
constexpr size_t kRemovedAtOnce = 64;  // while the lock is held

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

// The first character keeps the kinds apart. The key of a label has no '='.
std::string PrincipalKey(std::string_view name) { return std::string("p").append(name); }
std::string TokenKey(std::string_view id) { return std::string("t").append(id); }
std::string LabelKey(std::string_view key, std::string_view value) {
  return std::string("l").append(key).append("=").append(value);
}

}  // namespace

std::string KeyOf(const BanSubject& subject) {
  return std::visit(
      Overloaded{[](const BannedPrincipal& each) { return PrincipalKey(each.name); },
                 [](const BannedToken& each) { return TokenKey(each.id); },
                 [](const BannedLabel& each) { return LabelKey(each.key, each.value); },
                 [](const IpNetwork& each) { return std::string("a").append(each.ToString()); }},
      subject);
}

std::string_view WordOf(BanKind kind) {
  constexpr std::array<std::string_view, kBanKinds> kWords = {"principal", "address", "label", "token"};
  return kWords[static_cast<size_t>(kind)];
}

CloseRequest CloseRequestOf(const BanHit& hit) {
  CloseRequest close(CloseCause::kInterrupted);
  close.code = hit.code;
  close.reason = hit.reason;
  close.actor = hit.actor;
  return close;
}

bool IsBanId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool Bans::Insert(Ban ban) {
  const auto added = std::make_shared<const Ban>(std::move(ban));
  MutexLock lock(mu_);
  RemoveExpired();
  const auto replaced = by_id_.find(added->ban_id);
  if (replaced == by_id_.end()) {
    if (by_id_.size() >= kMaxBans) return false;
    by_id_.emplace(added->ban_id, added);
    Enlist(added);
    return true;
  }
  // Enlisted first, so that the counts do not drop to zero in between: a Find reads them without the lock.
  Enlist(added);
  Delist(std::exchange(replaced->second, added));
  return true;
}

bool Bans::Erase(std::string_view ban_id) {
  MutexLock lock(mu_);
  const auto found = by_id_.find(ban_id);
  if (found == by_id_.end()) return false;
  const bool lasts = found->second->expire_time > clock_.Wall();
  Delist(found->second);
  by_id_.erase(found);
  return lasts;
}

BanPointer Bans::Get(std::string_view ban_id) const {
  MutexLock lock(mu_);
  const auto found = by_id_.find(ban_id);
  return found == by_id_.end() || found->second->expire_time <= clock_.Wall() ? nullptr : found->second;
}

std::vector<BanPointer> Bans::List(std::string_view after, size_t limit) {
  std::vector<BanPointer> bans;
  bans.reserve(std::min(limit, size()));
  MutexLock lock(mu_);
  RemoveExpired();
  const WallTime now = clock_.Wall();
  for (auto next = by_id_.upper_bound(after); next != by_id_.end() && bans.size() < limit; ++next) {
    if (next->second->expire_time > now) bans.push_back(next->second);
  }
  return bans;
}

std::optional<BanHit> Bans::Find(const IpAddress& address, const Identity& identity) {
  if (size() == 0) return std::nullopt;
  auto hit = FindAddress(address);
  return hit.has_value() ? hit : FindIdentity(identity);
}

std::optional<BanHit> Bans::FindAddress(const IpAddress& address) {
  if (!has(BanKind::kAddress)) return std::nullopt;
  MutexLock lock(mu_);
  for (const auto& [prefix, count] : address.is_v4() ? v4_prefixes_ : v6_prefixes_) {
    const auto found = by_network_.find(IpNetwork::Of(address, prefix));
    if (found == by_network_.end()) continue;
    if (auto hit = HitOf(found->second); hit.has_value()) return hit;
  }
  return std::nullopt;
}

std::optional<BanHit> Bans::FindIdentity(const Identity& identity) {
  const bool by_principal = has(BanKind::kPrincipal) && !identity.principal.empty();
  const bool by_token = has(BanKind::kToken) && !identity.token_id.empty();
  const bool by_label = has(BanKind::kLabel) && !identity.labels.empty();
  if (!by_principal && !by_token && !by_label) return std::nullopt;
  MutexLock lock(mu_);
  std::optional<BanHit> hit;
  if (by_principal) hit = FindKey(PrincipalKey(identity.principal));
  if (by_token && !hit.has_value()) hit = FindKey(TokenKey(identity.token_id));
  if (!by_label) return hit;
  for (const auto& [key, value] : identity.labels) {
    if (hit.has_value()) break;
    hit = FindKey(LabelKey(key, value));
  }
  return hit;
}

std::optional<BanHit> Bans::FindKey(const std::string& key) {
  const auto found = by_identity_.find(key);
  return found == by_identity_.end() ? std::nullopt : HitOf(found->second);
}

std::optional<BanHit> Bans::HitOf(const ByExpiry& holders) {
  const Ban& last = **holders.rbegin();
  if (last.expire_time <= clock_.Wall()) return std::nullopt;
  refusals_[static_cast<size_t>(last.kind())].fetch_add(1, std::memory_order_relaxed);
  return BanHit{.ban_id = last.ban_id,
                .code = last.code,
                .reason = last.reason,
                .http_status = last.http_status,
                .expire_time = last.expire_time,
                .actor = last.actor};
}

void Bans::Sweep(size_t most) {
  for (size_t removed = 0; removed < most;) {
    MutexLock lock(mu_);
    const size_t some = RemoveExpired();
    if (some == 0) return;
    removed += some;
  }
}

// At most kRemovedAtOnce. Returns how many.
size_t Bans::RemoveExpired() {
  size_t removed = 0;
  if (by_expiry_.empty()) return removed;
  const WallTime now = clock_.Wall();
  while (removed < kRemovedAtOnce && !by_expiry_.empty() && (*by_expiry_.begin())->expire_time <= now) {
    const BanPointer expired = *by_expiry_.begin();
    Delist(expired);
    by_id_.erase(expired->ban_id);
    ++removed;
  }
  return removed;
}

void Bans::Enlist(const BanPointer& ban) {
  by_expiry_.insert(ban);
  if (const auto* const network = std::get_if<IpNetwork>(&ban->subject)) {
    ByExpiry& holders = by_network_[*network];
    if (holders.empty()) ++(network->is_v4() ? v4_prefixes_ : v6_prefixes_)[network->prefix()];
    holders.insert(ban);
  } else {
    by_identity_[KeyOf(ban->subject)].insert(ban);
  }
  counts_[static_cast<size_t>(ban->kind())].fetch_add(1, std::memory_order_relaxed);
  size_.fetch_add(1, std::memory_order_relaxed);
}

void Bans::Delist(const BanPointer& ban) {
  by_expiry_.erase(ban);
  if (const auto* const network = std::get_if<IpNetwork>(&ban->subject)) {
    const auto found = by_network_.find(*network);
    found->second.erase(ban);
    if (found->second.empty()) {
      by_network_.erase(found);
      Prefixes& prefixes = network->is_v4() ? v4_prefixes_ : v6_prefixes_;
      const auto prefix = prefixes.find(network->prefix());
      if (--prefix->second == 0) prefixes.erase(prefix);
    }
  } else {
    const auto found = by_identity_.find(KeyOf(ban->subject));
    found->second.erase(ban);
    if (found->second.empty()) by_identity_.erase(found);
  }
  counts_[static_cast<size_t>(ban->kind())].fetch_sub(1, std::memory_order_relaxed);
  size_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace drawbridge
