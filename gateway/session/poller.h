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

// Not thread-safe. Asio could wait for the sockets itself, but it re-arms the kernel's interest with one
// system call a wait: once a message. Here a socket is registered once, and Asio waits for descriptor(),
// which is ready when any is.
class Poller {
 public:
  // Throws std::system_error where the kernel has no descriptor left.
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  int descriptor() const { return epoll_; }

  // `events`: EPOLLIN, EPOLLOUT or both; errors and hang-ups are always told.
  std::error_code Add(int fd, uint32_t events, EventTarget* target);
  // Changes the events, the target or both.
  void Modify(int fd, uint32_t events, EventTarget* target);
  // `target` gets no event from here on, not even one already fetched. To be called before its descriptor is
  // closed, which takes it out of the kernel's set, or given to another target by Modify.
  void Forget(const EventTarget* target);
  // The same for a descriptor that stays open.
  void Remove(int fd, const EventTarget* target);

  // Calls OnReady for what is ready now, at most `limit` targets of it; never blocks. False when nothing was.
  // Who is left out comes first the next time.
  bool Dispatch(size_t limit = kBatch);

 private:
  static constexpr size_t kBatch = 256;

  const int epoll_;
  std::array<epoll_event, kBatch> events_;
  std::span<epoll_event> undelivered_;  // of the batch in hand
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_SESSION_POLLER_H_
