// The bans: which clients are refused, for how long and with which answer.
#ifndef DRAWBRIDGE_GATEWAY_CONNECTIONS_BANS_H_
#define DRAWBRIDGE_GATEWAY_CONNECTIONS_BANS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "gateway/base/clock.h"
#include "gateway/base/ip_address.h"
#include "gateway/base/mutex.h"
#include "gateway/connections/close.h"

namespace drawbridge {

// Which clients a ban matches. The texts must not be empty, except the value of a label.
struct BannedPrincipal {
  std::string name;
  friend bool operator==(const BannedPrincipal&, const BannedPrincipal&) = default;
};
struct BannedLabel {
  std::string key;
  std::string value;
  friend bool operator==(const BannedLabel&, const BannedLabel&) = default;
};
struct BannedToken {
  std::string id;  // RFC 7519, section 4.1.7: jti
  friend bool operator==(const BannedToken&, const BannedToken&) = default;
};
using BanSubject = std::variant<BannedPrincipal, IpNetwork, BannedLabel, BannedToken>;

// A text that two subjects share if and only if they are equal.
std::string KeyOf(const BanSubject& subject);

// The alternatives of BanSubject, in its order.
enum class BanKind : uint8_t { kPrincipal, kAddress, kLabel, kToken };
inline constexpr size_t kBanKinds = 4;
// "principal", "address", "label", "token"; stable: metrics.
std::string_view WordOf(BanKind kind);

// The longest time between `create_time` and `expire_time`.
inline constexpr std::chrono::hours kMaxBanTime{24 * 90};

struct Ban {
  static constexpr uint16_t kDefaultCode = 1008;
  static constexpr uint16_t kDefaultHttpStatus = 403;
  static constexpr std::string_view kDefaultReason = "banned";

  BanKind kind() const { return static_cast<BanKind>(subject.index()); }

  std::string ban_id;  // 1 to 63 characters of [a-z0-9-]
  BanSubject subject;
  uint16_t code = kDefaultCode;               // of the close frame, as IsOperatorCode allows it
  std::string reason{kDefaultReason};         // at most 123 bytes of UTF-8
  uint16_t http_status = kDefaultHttpStatus;  // 400 to 499, of a refused handshake
  WallTime create_time;
  WallTime expire_time;
  std::string actor;  // the caller of the control API; empty: unknown
};

using BanPointer = std::shared_ptr<const Ban>;

// What a refusal needs to know of the ban.
struct BanHit {
  std::string ban_id;
  uint16_t code;
  std::string reason;
  uint16_t http_status;
  WallTime expire_time;
  std::string actor;
};

// Closes a connection that a ban matches: cause kInterrupted, with code, reason and actor of the ban.
CloseRequest CloseRequestOf(const BanHit& hit);

// Whether the text can be the id of a ban.
bool IsBanId(std::string_view text);

// Thread-safe. A call holds the one lock for some microseconds (List: up to about 100) and never waits for
// anything else.
//
// No banned client stays connected, if both sides keep this order:
//   a handshake lists the connection in the registry, then calls Find;
//   CreateBan calls Insert, then walks the registry and closes each connection that matches.
// Both sides lock the mutex of the connection's shard of the registry (and of the index, if the walk uses
// it). If the handshake locks it first, the walk finds the connection. If the walk locks it first, then
// Insert happens before Find, and Find sees the ban. The same holds for a renewal, which changes the
// attributes of the connection (Registry::Update), then calls Find. A Find before the connection is listed
// saves the work, but alone is not enough.
//
// Recipe for the handshake, after `Registration registration = registry.Add(...)` and its attributes:
//   if (auto ban = bans.Find(ip, identity)) registration.connection()->Interrupt(CloseRequestOf(*ban));
class Bans {
 public:
  static constexpr size_t kMaxBans = 100'000;

  // `clock` must outlive it.
  explicit Bans(const Clock* clock) : clock_(*clock) {}
  Bans(const Bans&) = delete;
  Bans& operator=(const Bans&) = delete;

  // Replaces the ban with the same id. False if there are kMaxBans others; nothing has changed then. When
  // this returns true, every later Find matches the ban until it expires or is erased.
  [[nodiscard]] bool Insert(Ban ban);
  // False if there is no such ban.
  bool Erase(std::string_view ban_id);

  // Null if there is no such ban or it has expired.
  BanPointer Get(std::string_view ban_id) const;
  // The first `limit` bans that have not expired, with an id greater than `after`, in the order of their ids.
  std::vector<BanPointer> List(std::string_view after, size_t limit);
  // Counts those that have expired and are not removed yet.
  size_t size() const { return size_.load(std::memory_order_relaxed); }

  // What is known of a client. A view.
  struct Identity {
    std::string_view principal;  // empty: none
    std::string_view token_id;   // empty: none
    std::span<const std::pair<std::string, std::string>> labels;
  };
  // The ban that matches, if any; of several, one that lasts longest for the smallest network, or for the
  // principal before the token and the token before the labels. Each hit counts as a refusal. Without a ban
  // of these kinds, they cost one relaxed load for each kind.
  std::optional<BanHit> FindAddress(const IpAddress& address);
  std::optional<BanHit> FindIdentity(const Identity& identity);
  // By address, then by identity. Without any ban it costs one relaxed load.
  std::optional<BanHit> Find(const IpAddress& address, const Identity& identity);

  // The number of hits of each kind since the start.
  uint64_t refusals(BanKind kind) const {
    return refusals_[static_cast<size_t>(kind)].load(std::memory_order_relaxed);
  }

  // Removes up to about `most` expired bans, a few at a time. To be called now and then: a Find skips expired
  // bans, but is as slow as if they were not expired.
  void Sweep(size_t most);

 private:
  struct Sooner {
    bool operator()(const BanPointer& a, const BanPointer& b) const {
      return a->expire_time != b->expire_time ? a->expire_time < b->expire_time : std::less<>()(a, b);
    }
  };
  // Ordered by expiry: if the last one has expired, all have.
  using ByExpiry = absl::btree_set<BanPointer, Sooner>;

  bool has(BanKind kind) const {
    return counts_[static_cast<size_t>(kind)].load(std::memory_order_relaxed) != 0;
  }
  std::optional<BanHit> HitOf(const ByExpiry& holders) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::optional<BanHit> FindKey(const std::string& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Enlist(const BanPointer& ban) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Delist(const BanPointer& ban) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  size_t RemoveExpired() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Clock& clock_;
  std::atomic<size_t> size_ = 0;
  std::array<std::atomic<size_t>, kBanKinds> counts_{};
  std::array<std::atomic<uint64_t>, kBanKinds> refusals_{};

  mutable Mutex mu_;
  std::map<std::string, BanPointer, std::less<>> by_id_ ABSL_GUARDED_BY(mu_);
  // The rest is what Enlist and Delist keep.
  ByExpiry by_expiry_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, ByExpiry> by_identity_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<IpNetwork, ByExpiry> by_network_ ABSL_GUARDED_BY(mu_);
  // How many keys of `by_network_` have each prefix, longest first: a lookup takes one step for each prefix
  // in use, at most 33 for IPv4 and 129 for IPv6.
  using Prefixes = std::map<int, size_t, std::greater<>>;
  Prefixes v4_prefixes_ ABSL_GUARDED_BY(mu_);
  Prefixes v6_prefixes_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_CONNECTIONS_BANS_H_
