#include "tools/ctl/stop_signal.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace drawbridge::ctl {
namespace {

constexpr char kCame = 's';
constexpr char kOver = 'o';

// A pipe, because write() is async-signal-safe.
std::array<int, 2> ends{-1, -1};

void Tell(char what) {
  // At most a few bytes are ever written, so the pipe is never full.
  [[maybe_unused]] const ssize_t written = ::write(ends[1], &what, 1);
}

void OnSignal(int /*signal*/) {
  const int error = errno;
  Tell(kCame);
  errno = error;
}

void Handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | (handler == SIG_DFL ? 0 : static_cast<int>(SA_RESETHAND));
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal(std::function<void()> stop) {
  if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  waiting_ = std::thread([this, stop = std::move(stop)] {
    char what = kOver;
    while (::read(ends[0], &what, 1) < 0 && errno == EINTR) {
    }
    if (what != kCame) return;
    came_ = true;
    stop();
  });
  Handle(OnSignal);
}

StopSignal::~StopSignal() {
  Handle(SIG_DFL);
  Tell(kOver);
  waiting_.join();
  for (int& end : ends) ::close(std::exchange(end, -1));
}

}  // namespace drawbridge::ctl
