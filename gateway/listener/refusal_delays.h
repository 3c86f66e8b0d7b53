// By how much the close of a refused client is delayed.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_REFUSAL_DELAYS_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_REFUSAL_DELAYS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/ip_address.h"
#include "gateway/base/lru_map.h"
#include "gateway/base/mutex.h"

namespace drawbridge {

// Thread-safe; does not block. A client library resets its back-off when an upgrade succeeds. So the gateway
// delays the close of a client that it refuses after the upgrade.
class RefusalDelays {
 public:
  static constexpr std::chrono::seconds kFirst{1};
  static constexpr std::chrono::seconds kLongest{30};
  // An address without a refusal for so long begins anew.
  static constexpr std::chrono::minutes kForgotten{2};
  // At the bound the addresses that were refused the longest ago begin anew.
  static constexpr size_t kCapacity = 16'384;

  explicit RefusalDelays(size_t capacity = kCapacity) : refused_(capacity) {}

  // The delay for a further refusal of the address: kFirst, and twice the last one each time, up to kLongest.
  // All addresses of an IPv6 /64 count as one.
  std::chrono::seconds Next(const IpAddress& address, SteadyTime now);

 private:
  struct Refused {
    std::chrono::seconds delay;
    SteadyTime until;  // when that delay ends
  };

  Mutex mu_;
  LruMap<uint64_t, Refused> refused_ ABSL_GUARDED_BY(mu_);
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_REFUSAL_DELAYS_H_
