// All clients of one thread, in one epoll set. Not thread-safe.
#ifndef DRAWBRIDGE_TOOLS_BENCH_LOAD_FLEET_H_
#define DRAWBRIDGE_TOOLS_BENCH_LOAD_FLEET_H_

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "tools/bench/load/client.h"
#include "tools/bench/load/traffic.h"

namespace drawbridge::bench {

class Fleet {
 public:
  // Creates `count` clients without connecting them. `traffic` and `listener` must outlive the fleet.
  Fleet(const sockaddr_in& target, const Traffic& traffic, ClientListener& listener, uint32_t count,
        bool tls = false);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // Connects all clients, at most `at_once` at a time, and blocks until all are open. Throws after `seconds`.
  void OpenAll(int seconds, uint32_t at_once = 256);

  void Connect(uint32_t index) { clients_[index]->Connect(target_, epoll_, scratch_, tls_); }

  // Waits for events for at most `timeout_nanoseconds` and handles them.
  void Poll(int64_t timeout_nanoseconds);

  Client& client(uint32_t index) { return *clients_[index]; }
  uint32_t size() const { return static_cast<uint32_t>(clients_.size()); }

 private:
  const sockaddr_in target_;
  const bool tls_;
  const int epoll_;
  std::vector<char> scratch_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_LOAD_FLEET_H_
