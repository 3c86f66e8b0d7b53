// Many clients on a thread of their own, some of them echoing at full speed, while the control plane is
// measured from another thread of the same process: both then read one clock.
#ifndef DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_
#define DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_

#include <netinet/in.h>

#include <atomic>
#include <cstdint>
#include <exception>
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
  // Opens `size` connections, of which the first `echoing` echo. Returns when all are open; throws what
  // went wrong.
  Crowd(const sockaddr_in& target, uint32_t size, uint32_t echoing);

  // Resets every connection.
  ~Crowd() override;

  // What X-Connection-Id said to each client.
  const std::vector<std::string>& ids() const { return ids_; }

  // When this client's close frame came; waits for it at most a second. 0: it did not come.
  int64_t CloseTime(uint32_t client) const;

  // Makes an idle client echo from now on.
  void StartEcho(uint32_t client);

  // Echoes checked so far.
  uint64_t echoes() const { return echoes_.load(std::memory_order_relaxed); }

  // Throws what went wrong on the crowd's thread since, if anything did.
  void Check() const;

 private:
  void Run(const sockaddr_in& target, uint32_t size, uint32_t echoing, std::latch& opened);
  void Open(Fleet& fleet, uint32_t echoing);
  void StartRequested(Fleet& fleet);

  void OnOpen(Client&) override {}
  void OnEchoes(Client& client, uint64_t first, uint64_t count, int64_t now) override;
  void OnCloseFrame(Client& client, uint16_t code, int64_t now) override;
  void OnGone(Client& client, int64_t now) override;

  const Traffic traffic_;
  std::vector<std::string> ids_;

  std::vector<std::atomic<int64_t>> close_times_;
  std::atomic<uint64_t> echoes_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> failed_ = false;  // released after `failure_` is set
  std::exception_ptr failure_;

  std::mutex mutex_;
  std::vector<uint32_t> to_start_;  // guarded by mutex_

  std::thread thread_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_CONTROL_CROWD_H_
