// Keeps the key set of a source up to date in the background.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_KEY_FETCHER_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_KEY_FETCHER_H_

#include <functional>
#include <stop_token>
#include <thread>

#include "gateway/identity/key_source.h"

namespace drawbridge {

// Has a thread of its own, so no I/O thread waits for a fetch. One for each source.
class KeyFetcher {
 public:
  // Blocks for a bounded time, and not for long once a stop is requested.
  using Fetch = std::function<KeySource::Fetched(const std::stop_token&)>;

  // Begins with a fetch. `source` must outlive it.
  KeyFetcher(KeySource* source, Fetch fetch);
  // The same with numbers from 0 to 1 for the random parts of the schedule.
  KeyFetcher(KeySource* source, Fetch fetch, std::function<double()> random);

 private:
  // Stopped and joined by its destructor. A fetch that has begun is waited for.
  std::jthread thread_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_KEY_FETCHER_H_
