// Many clients on a thread of their own, some of them echoing at full speed, while the control plane is
// measured from another thread of the same process: both then read one clock.
#ifndef DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_
#define DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_

#include <netinet/in.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tools/bench/load/client.h"
#include "tools/bench/load/traffic.h"

namespace drawbridge::bench {

class Fleet;

class Crowd : private ClientListener {
 public:
  struct Options {
    sockaddr_in target = {};
    uint32_t size = 0;
    uint32_t echoing = 0;               // of them, the first ones
    Traffic traffic = SmallMessages();  // what they echo, and what the others are sent
    // Looks at the clients once a millisecond, and is not woken for each of them: to wake a thread for each
    // of thousands of messages is work of the sender's core, which nobody has to do whose clients are
    // elsewhere.
    bool naps = false;
    // Its thread does not wait for others on its core that run for long: of a crowd that is not busy itself.
    bool prompt = false;
  };
  static Traffic SmallMessages() { return {20, /*text=*/false, 1}; }

  // Returns when all connections are open; throws what went wrong.
  explicit Crowd(const Options& options);

  // Resets every connection.
  ~Crowd() override;

  // What X-Connection-Id said to each client.
  const std::vector<std::string>& ids() const { return ids_; }

  // When this client's close frame came; waits for it at most a second. 0: it did not come.
  int64_t CloseTime(uint32_t client) const;
  // The same without waiting.
  int64_t CloseTimeSoFar(uint32_t client) const { return close_times_[client]; }

  // Makes an idle client echo from now on.
  void StartEcho(uint32_t client);

  // Echoes checked so far.
  uint64_t echoes() const { return echoes_.load(std::memory_order_relaxed); }
  // The longest time between two echoes of one client since this was last asked: whoever echoes is never
  // silent by itself.
  int64_t TakeLongestSilence() { return longest_silence_.exchange(0); }

  // Each of those who do not echo will be sent the next `count` messages of the traffic, as from its index.
  void ExpectMessages(uint64_t count);
  // So many have come so far, to all together, and checked; and when the last one did.
  uint64_t messages() const { return messages_.load(std::memory_order_acquire); }
  int64_t last_message_time() const { return last_message_time_.load(std::memory_order_relaxed); }

  // Throws what went wrong on the crowd's thread since, if anything did.
  void Check() const;

 private:
  void Run(std::latch& opened);
  void Open(Fleet& fleet);
  void Poll(Fleet& fleet) const;
  void Ask(std::function<void(Fleet&)> work);
  void DoAsked(Fleet& fleet);

  void OnOpen(Client&) override {}
  void OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) override;
  void OnCloseFrame(Client& client, uint16_t code, int64_t now) override;
  void OnGone(Client& client, int64_t now) override;

  const Options options_;
  std::vector<std::string> ids_;

  std::vector<std::atomic<int64_t>> close_times_;
  std::vector<int64_t> last_echo_;  // the crowd's thread; 0: this client does not echo
  std::atomic<int64_t> longest_silence_ = 0;
  std::atomic<uint64_t> echoes_ = 0;
  std::atomic<uint64_t> messages_ = 0;
  std::atomic<int64_t> last_message_time_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> failed_ = false;  // released after `failure_` is set
  std::exception_ptr failure_;

  std::mutex mutex_;
  std::vector<std::function<void(Fleet&)>> asked_;  // guarded by mutex_

  std::thread thread_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_
