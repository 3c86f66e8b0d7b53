#include "gateway/session/poller.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace drawbridge {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Poller::~Poller() { ::close(epoll_); }

std::error_code Poller::Add(int fd, uint32_t events, EventTarget* target) {
  epoll_event event{.events = events, .data = {.ptr = target}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return {errno, std::generic_category()};
  return {};
}

void Poller::Modify(int fd, uint32_t events, EventTarget* target) {
  epoll_event event{.events = events, .data = {.ptr = target}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void Poller::Forget(const EventTarget* target) {
  for (epoll_event& event : undelivered_) {
    if (event.data.ptr == target) event.data.ptr = nullptr;
  }
}

void Poller::Remove(int fd, const EventTarget* target) {
  Forget(target);
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

bool Poller::Dispatch(size_t limit) {
  const int count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(std::min(limit, kBatch)), 0);
  if (count <= 0) return false;
  undelivered_ = std::span(events_).first(static_cast<size_t>(count));
  while (!undelivered_.empty()) {
    const epoll_event event = undelivered_.front();
    undelivered_ = undelivered_.subspan(1);
    if (event.data.ptr != nullptr) static_cast<EventTarget*>(event.data.ptr)->OnReady(event.events);
  }
  return true;
}

}  // namespace drawbridge
