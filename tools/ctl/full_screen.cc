#include "tools/ctl/full_screen.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tools/ctl/output.h"

namespace drawbridge::ctl {
namespace {

// Escape sequences: switch to the alternate screen and hide the cursor; undo both.
constexpr std::string_view kTake = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kGiveBack = "\x1b[?25h\x1b[?1049l";
constexpr std::array kEnding{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

termios before{};  // set before the signal handlers are installed

// Async-signal-safe.
void GiveBack() {
  [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, kGiveBack.data(), kGiveBack.size());
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void OnEnd(int signal) {
  GiveBack();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void OnResize(int /*signal*/) {}  // interrupts poll() in Wait

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

FullScreen::FullScreen() {
  ::tcgetattr(STDIN_FILENO, &before);
  for (const int signal : kEnding) Handle(signal, OnEnd);
  Handle(SIGWINCH, OnResize);
  termios raw = before;
  raw.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));
  raw.c_cc[VSUSP] = _POSIX_VDISABLE;  // no ^Z: a stopped process cannot restore the terminal
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  Print(std::string(kTake));
}

FullScreen::~FullScreen() {
  GiveBack();
  for (const int signal : kEnding) Handle(signal, SIG_DFL);
  Handle(SIGWINCH, SIG_DFL);
}

void FullScreen::Draw(const std::string& lines) {
  // Overwriting line by line and then clearing the rest avoids flicker.
  Print("\x1b[H" + absl::StrReplaceAll(lines, {{"\n", "\x1b[K\n"}}) + "\x1b[J");
}

FullScreen::Event FullScreen::Wait(absl::Time until) {
  while (true) {
    const absl::Duration left = std::max(until - absl::Now(), absl::ZeroDuration());
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int count = ::poll(
        &input, 1, static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (count < 0 && errno == EINTR) return Event::kResized;
    if (count <= 0) return Event::kTime;
    char key = 0;
    if (::read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q') return Event::kQuit;
  }
}

}  // namespace drawbridge::ctl
