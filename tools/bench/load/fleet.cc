// Each epoll_wait is followed by one round of events, as in the floor, so that both sides work at the same
// speed.
#include "tools/bench/load/fleet.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <stdexcept>

#include "tools/bench/load/process.h"

namespace drawbridge::bench {
namespace {

constexpr size_t kScratchSize = 256 << 10;
constexpr int64_t kSecond = 1'000'000'000;

}  // namespace

Fleet::Fleet(const sockaddr_in& target, const Traffic& traffic, ClientListener& listener, uint32_t count,
             bool tls)
    : target_(target), tls_(tls), epoll_(epoll_create1(EPOLL_CLOEXEC)), scratch_(kScratchSize) {
  prctl(PR_SET_TIMERSLACK, 1);  // the default timer slack is longer than the waits of a paced run
  for (uint32_t i = 0; i < count; ++i) {
    clients_.push_back(std::make_unique<Client>(traffic, listener, i));
  }
}

Fleet::~Fleet() {
  clients_.clear();
  close(epoll_);
}

void Fleet::OpenAll(int seconds, uint32_t at_once) {
  const int64_t deadline = NowNanoseconds() + seconds * kSecond;
  uint32_t started = 0;
  for (uint32_t opened = 0; opened < size();) {
    for (; started < size() && started < opened + at_once; ++started) Connect(started);
    Poll(kSecond / 10);
    while (opened < started && client(opened).open()) ++opened;
    if (NowNanoseconds() > deadline) throw std::runtime_error("not all connections opened in time");
  }
}

void Fleet::Poll(int64_t timeout_nanoseconds) {
  std::array<epoll_event, 1024> events;
  const timespec timeout = {.tv_sec = timeout_nanoseconds / kSecond,
                            .tv_nsec = timeout_nanoseconds % kSecond};
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
  for (int i = 0; i < count; ++i) clients_[events[i].data.u32]->OnEvent(events[i].events);
}

}  // namespace drawbridge::bench
