// Many clients on their own thread, some of them echoing at full speed. The control plane is measured from
// another thread of the same process, so that both use the same clock.
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
    uint32_t echoing = 0;               // number of clients that echo; they are the first ones
    Traffic traffic = SmallMessages();  // sent by the echoing clients, and expected by the others
    // Polls the clients once per millisecond instead of waking up for each message. Each wake-up costs CPU
    // time on the sender's core, which a gateway with remote clients does not spend.
    bool naps = false;
    // Uses short time slices, so that the thread does not wait long for others on its core. For a crowd that
    // is mostly idle.
    bool prompt = false;
  };
  static Traffic SmallMessages() { return {20, /*text=*/false, 1}; }

  // Returns when all connections are open. Throws if one fails.
  explicit Crowd(const Options& options);

  // Resets every connection.
  ~Crowd() override;

  // The X-Connection-Id of each client.
  const std::vector<std::string>& ids() const { return ids_; }

  // The time at which this client received a close frame; 0 if it received none. Blocks for at most a second.
  int64_t CloseTime(uint32_t client) const;
  // The same without blocking.
  int64_t CloseTimeSoFar(uint32_t client) const { return close_times_[client]; }

  // Makes an idle client echo from now on.
  void StartEcho(uint32_t client);

  // Echoes checked so far.
  uint64_t echoes() const { return echoes_.load(std::memory_order_relaxed); }
  // Returns and resets the longest time between two echoes of one client. Echoing clients never pause.
  int64_t TakeLongestSilence() { return longest_silence_.exchange(0); }

  // Makes each client that does not echo expect the next `count` messages of the traffic, starting at its own
  // index.
  void ExpectMessages(uint64_t count);
  // The number of messages that all clients together have received and checked, and the time of the last one.
  uint64_t messages() const { return messages_.load(std::memory_order_acquire); }
  int64_t last_message_time() const { return last_message_time_.load(std::memory_order_relaxed); }

  // Rethrows an exception from the crowd's thread, if there was one.
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
  std::vector<int64_t> last_echo_;  // used only by the crowd's thread; 0: this client does not echo
  std::atomic<int64_t> longest_silence_ = 0;
  std::atomic<uint64_t> echoes_ = 0;
  std::atomic<uint64_t> messages_ = 0;
  std::atomic<int64_t> last_message_time_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> failed_ = false;  // set after `failure_`
  std::exception_ptr failure_;

  std::mutex mutex_;
  std::vector<std::function<void(Fleet&)>> asked_;  // guarded by mutex_

  std::thread thread_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_
