// Readiness of many sockets, level-triggered, for one thread.
#ifndef DRAWBRIDGE_GATEWAY_SESSION_POLLER_H_
#define DRAWBRIDGE_GATEWAY_SESSION_POLLER_H_

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>

#include "gateway/session/event_target.h"

namespace drawbridge {

// Not thread-safe. Asio can wait for sockets itself, but it re-arms the kernel's interest by one system call
// for each wait, so for each message. Here a socket is registered once, and Asio waits for descriptor(),
// which is ready when any socket is.
class Poller {
 public:
  // Throws std::system_error where the kernel has no descriptor left.
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  int descriptor() const { return epoll_; }

  // `events`: EPOLLIN, EPOLLOUT or both; errors and hang-ups are always reported.
  std::error_code Add(int fd, uint32_t events, EventTarget* target);
  // Changes the events, the target or both.
  void Modify(int fd, uint32_t events, EventTarget* target);
  // `target` gets no event from here on, not even one that is already fetched. Call it before the descriptor
  // is closed, which removes it from the kernel's set, or before Modify gives it to another target.
  void Forget(const EventTarget* target);
  // Like Forget, for a descriptor that stays open.
  void Remove(int fd, const EventTarget* target);

  // Calls OnReady of the targets that are ready now, at most `limit` of them; never blocks. Returns false if
  // none was ready. The next call begins with the targets that were left out.
  bool Dispatch(size_t limit = kBatch);

 private:
  static constexpr size_t kBatch = 256;

  const int epoll_;
  std::array<epoll_event, kBatch> events_;
  std::span<epoll_event> undelivered_;  // the rest of the current batch
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_POLLER_H_
