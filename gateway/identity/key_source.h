// Holds the key set in use, and connects the checks that need a newer one with the fetches.
#ifndef DRAWBRIDGE_GATEWAY_IDENTITY_KEY_SOURCE_H_
#define DRAWBRIDGE_GATEWAY_IDENTITY_KEY_SOURCE_H_

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "gateway/base/clock.h"
#include "gateway/identity/key_set.h"
#include "gateway/identity/refresh_schedule.h"

namespace drawbridge {

// A set in use. Immutable.
struct Keys {
  KeySet set;
  uint64_t generation;  // another one for each set
};

// Thread-safe. No call blocks, except AwaitFetch.
//
// The pointer to the set is guarded by a mutex that is held for a copy of it. The library's
// std::atomic<std::shared_ptr> also takes a lock, which ThreadSanitizer does not know.
class KeySource {
 public:
  // `clock` must outlive it. `name`: of the source, for the log.
  KeySource(std::string name, const Clock* clock);

  const std::string& name() const { return name_; }

  // The newest good set; null: there was none yet.
  std::shared_ptr<const Keys> keys() const;
  // The number of keys in it that can verify; 0: there is no set.
  size_t usable() const;
  // Whether something fetches it again and again.
  bool is_fetched() const;
  // When the source last gave a good set, also if it was the same one; nullopt: never.
  std::optional<WallTime> last_success() const;

  // Takes a set (see KeySet::Parse) and logs the keys in it that are skipped. A text instead says why the set
  // is not used: it is no set, or no key in it can verify. The set in use stays then. The same text as before
  // keeps its generation. Takes up to 0.1 s of CPU.
  std::optional<std::string> Take(std::string_view text);

  // The part for tokens that need a newer set.

  // True: a newer set may come, and `settled` changes when it has come or when the attempt has failed. False:
  // nothing fetches, or a fetch began less than RefreshSchedule::kBetweenRequests ago.
  bool Request();
  // How many fetches have ended.
  uint64_t settled() const { return settled_.load(); }
  // Has `listener` called after each change of `settled`, on the thread of the fetches; it must not block.
  // What it refers to must live as long as this object. To be called once, before the first fetch.
  void OnSettled(std::function<void()> listener) { listener_ = std::move(listener); }

  // The part for the one thread that fetches (KeyFetcher).

  struct Answer {
    std::string text;
    std::optional<std::chrono::seconds> max_age;
  };
  using Fetched = std::variant<Answer, std::string>;  // a text instead says what went wrong
  // To be called once, before the others of this part. From here on Request may return true.
  void StartFetching(std::function<double()> random);
  // Blocks until a fetch is due. False: a stop is requested.
  bool AwaitFetch(const std::stop_token& stop);
  // The fetch has ended: takes its set, or logs what went wrong and keeps the set in use.
  void EndFetch(const Fetched& fetched);

  // The number of fetches that have ended, by success.
  uint64_t fetches(bool succeeded) const { return fetches_[succeeded ? 1 : 0].load(); }

 private:
  std::optional<std::string> TakeAnswer(const Fetched& fetched);

  const std::string name_;
  const Clock* const clock_;
  std::atomic<uint64_t> settled_ = 0;
  std::array<std::atomic<uint64_t>, 2> fetches_{};
  std::function<void()> listener_ = [] {};

  // std::mutex and not Mutex, because a condition variable waits with it.
  mutable std::mutex mu_;
  std::shared_ptr<const Keys> keys_;
  std::string text_;  // of `keys_`
  uint64_t last_generation_ = 0;
  std::optional<WallTime> last_success_;
  std::optional<RefreshSchedule> schedule_;  // nullopt: nothing fetches
  std::condition_variable_any requested_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_IDENTITY_KEY_SOURCE_H_
