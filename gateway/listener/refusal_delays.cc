#include "gateway/listener/refusal_delays.h"

#include <algorithm>

#include "gateway/connections/address_slots.h"

namespace drawbridge {

std::chrono::seconds RefusalDelays::Next(const IpAddress& address, SteadyTime now) {
  const uint64_t key = AddressKey(address);
  MutexLock lock(mu_);
  std::chrono::seconds delay = kFirst;
  if (const Refused* const last = refused_.Find(key); last != nullptr && now < last->until + kForgotten)
    delay = std::min(2 * last->delay, kLongest);
  refused_.Insert(key, {.delay = delay, .until = now + delay});
  return delay;
}

}  // namespace drawbridge
